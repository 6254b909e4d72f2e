/** A text as it is compared: compatibility forms, lower case, without accents, spaces and signs between words. */
export function comparable(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** Two readings of one line differ in this share of their letters at most. */
const misread = 0.2;

/** Whether two texts are readings of the same line. Numbers must agree: "Slide 3" is not "Slide 4". */
export function sameText(a: string, b: string): boolean {
  const [one, other] = [comparable(a), comparable(b)];
  if (one === other) return true;
  if (digitsOf(one) !== digitsOf(other)) return false;
  const most = Math.max(one.length, other.length);
  if (most < 4) return false;
  return editDistance(one, other, Math.floor(most * misread)) <= most * misread;
}

/** Whether a line is the same one after more was written at its end. */
export function grows(before: string, after: string): boolean {
  const [short, long] = [comparable(before), comparable(after)];
  if (short.length < 2 || long.length <= short.length) return false;
  if (!digitsOf(long).startsWith(digitsOf(short))) return false;
  return (
    editDistance(short, long.slice(0, short.length), Math.ceil(short.length * misread)) <=
    short.length * misread
  );
}

function digitsOf(text: string): string {
  return text.replace(/\P{N}/gu, '');
}

/** Letters to change, add or leave out (Levenshtein, 1966); `most + 1` where it is more than `most`. */
export function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    let least = next[0];
    for (let j = 0; j < b.length; j++) {
      const value = Math.min(next[j] + 1, row[j + 1] + 1, row[j] + (a[i] === b[j] ? 0 : 1));
      next.push(value);
      if (value < least) least = value;
    }
    if (least > most) return most + 1;
    row = next;
  }
  return row[b.length];
}
