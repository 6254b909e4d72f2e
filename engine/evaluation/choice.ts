import type { ChoiceTask } from './types.ts';

/**
 * A question with its options in words, for a model that is asked like any other question. The answer is matched
 * afterwards by {@link matchOption}.
 */
export function choicePrompt({ question, options }: ChoiceTask): string {
  const lines = options.map((option, index) => `${letter(index)}. ${option}`);
  return `${question}\n${lines.join('\n')}\nAnswer with the letter of the right option only.`;
}

/**
 * The option that an answer names: by its letter ("B", "(b).", "B. a red car", "the answer is B"), else by its words,
 * where these are the whole answer, or no other option's words are in it.
 * @returns its index; undefined where the answer names none, or several.
 */
export function matchOption(answer: string, options: readonly string[]): number | undefined {
  const said = plain(answer);
  const words = options.map(plain);
  const whole = words.flatMap((option, index) => (option !== '' && option === said ? [index] : []));
  if (whole.length > 0) return whole.length === 1 ? whole[0] : undefined;
  const named = byLetter(answer.trim(), options.length);
  if (named !== undefined) return named;
  const inside = words.flatMap((option, index) =>
    option !== '' && ` ${said} `.includes(` ${option} `) ? [index] : [],
  );
  // "a red car" holds "a car" no more than "red": of options within options the longest is meant.
  const outer = inside.filter(
    (index) => !inside.some((other) => other !== index && holds(words[other], words[index])),
  );
  return outer.length === 1 ? outer[0] : undefined;
}

function byLetter(answer: string, count: number): number | undefined {
  const match =
    /^\(?([A-Za-z])\)?(?:[.:,)]|$)/.exec(answer) ??
    /^\(([A-Za-z])\)/.exec(answer) ??
    /\b(?:answer|option)(?: is)?:? \(?([A-Za-z])\)?(?:[.:,)]|$)/i.exec(answer);
  const index = match ? match[1].toUpperCase().charCodeAt(0) - 65 : -1;
  return index >= 0 && index < count ? index : undefined;
}

function holds(longer: string, shorter: string): boolean {
  return longer !== shorter && ` ${longer} `.includes(` ${shorter} `);
}

/** Words only: no case, no punctuation, no option letter in front. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function letter(index: number): string {
  return String.fromCharCode(65 + index);
}
