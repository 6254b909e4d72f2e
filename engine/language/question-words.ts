/**
 * The question as the answer cache knows it: case, spaces, quotes around it and the final punctuation don't matter.
 */
export function normaliseQuestion(question: string): string {
  return question
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[‘’]/g, "'")
    .replace(/\s+/g, ' ')
    .replace(/^[\s"'“”¿¡]+|[\s"'“”.?!…。？！]+$/gu, '');
}

/** A time as it is said, in seconds: "1:02:03.5", "75", "3 minutes". */
export function clockSeconds(text: string): number {
  const [, numbers, unit] = /^([\d:.,]+) ?([a-z]?)/u.exec(text) ?? ['', '0', ''];
  const seconds = numbers
    .replace(',', '.')
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
  return seconds * (unit === 'm' ? 60 : unit === 'h' ? 3600 : 1);
}
