/** Nouns that take no article, as training wrote them (models/training, questions.py). */
const mass = new Set(
  (
    'bread,butter,salt,cheese,bacon,corn,garlic,popcorn,spaghetti,sushi,honey,soap,wood,ice,yarn,thread,fire,' +
    'lightning,lipstick,broccoli,lettuce,rice,coral,binocular,sake,money,knitting,wine,beer,thyme,common lavender'
  ).split(','),
);

/** "a dog", "an ant"; plurals and masses ("shoes", "bread") as they are. The rules of training's questions.py. */
export function article(name: string): string {
  if (mass.has(name) || (name.endsWith('s') && !/(?:ss|us|is)$/u.test(name))) return name;
  return `${/^[aeio]/u.test(name) ? 'an' : 'a'} ${name}`;
}

/** A thing, and everything that it may be called. */
export interface Thing {
  name: string;
  names: readonly string[];
}

/** Whether two things may be one and the same, or parts of one: they share a name or a word of one. */
export function related(a: Thing, b: Thing): boolean {
  const words = new Set(a.names.flatMap(wordsOf));
  return b.names.flatMap(wordsOf).some((word) => words.has(word));
}

function wordsOf(name: string): string[] {
  return name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2)
    .map((word) => word.replace(/s$/u, ''));
}
