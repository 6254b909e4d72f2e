/** Plurals that no rule makes. */
const irregular: Readonly<Record<string, string>> = {
  people: 'person',
  persons: 'person',
  men: 'man',
  women: 'woman',
  gentlemen: 'gentleman',
  policemen: 'policeman',
  policewomen: 'policewoman',
  firemen: 'fireman',
  businessmen: 'businessman',
  fishermen: 'fisherman',
  ladies: 'lady',
  children: 'child',
  mice: 'mouse',
  geese: 'goose',
  oxen: 'ox',
  calves: 'calf',
  feet: 'foot',
  knives: 'knife',
  wolves: 'wolf',
  leaves: 'leaf',
  buffaloes: 'buffalo',
};

const endings: readonly (readonly [RegExp, string])[] = [
  [/(?<=[^aeiou])ies$/u, 'y'],
  [/(?<=s|x|ch|sh)es$/u, ''],
  [/(?<=[^s])s$/u, ''],
];
const alwaysPlural =
  /(?:scissors|trousers|pants|jeans|shorts|glasses|sunglasses|binoculars|headphones|clothes|news|series|species)$/u;

/** One of what is counted: "red bottles" is "red bottle", "people" is "person". What is never one stays as it is. */
export function singular(phrase: string): string {
  if (alwaysPlural.test(phrase) || /(?:ss|us|is)$/u.test(phrase)) return phrase;
  const last = phrase.split(' ').at(-1) ?? '';
  const [ending, instead] = endings.find(([one]) => one.test(last)) ?? [/$/u, ''];
  const one = Object.hasOwn(irregular, last) ? irregular[last] : last.replace(ending, instead);
  return phrase.slice(0, phrase.length - last.length) + one;
}

/** The singulars that a word may be the plural of, most likely first, the word itself leading. */
export function singulars(word: string): string[] {
  const forms = [word];
  if (Object.hasOwn(irregular, word)) forms.push(irregular[word]);
  if (/[^s]s$/u.test(word) && word.length > 2) forms.push(word.slice(0, -1));
  if (/(?:s|x|z|ch|sh|o)es$/u.test(word)) forms.push(word.slice(0, -2));
  if (/.{2}ies$/u.test(word)) forms.push(`${word.slice(0, -3)}y`);
  return forms;
}

/**
 * A word as texts are indexed: English plurals as the S-stemmer of Harman (1991) cuts them; what it cuts wrongly it cuts the
 * same in every text. Indexes hold what it makes, so it must stay as it is.
 */
export function stem(word: string): string {
  if (word.length < 4) return word;
  if (/[^ae]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:[sxz]|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /[^us]s$/.test(word) ? word.slice(0, -1) : word;
}
