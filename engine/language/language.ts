/** Scripts that words are told apart by. */
export const scripts = [
  'latin',
  'han',
  'kana',
  'hangul',
  'cyrillic',
  'greek',
  'arabic',
  'hebrew',
  'devanagari',
  'thai',
  'other',
] as const;

/** One of {@link scripts}. */
export type Script = (typeof scripts)[number];

/** What some words are written in. */
export interface Language {
  /** The script of most of its letters; undefined where it has none. A text with kana is Japanese, however much Han it holds. */
  script: Script | undefined;
  /** ISO 639-1, where script or function words tell: "en", "zh"; undefined where they don't, as in "Auto" or "taxi". */
  code: string | undefined;
}

const letters: readonly (readonly [Script, RegExp])[] = [
  ['latin', /\p{sc=Latin}/u],
  ['han', /\p{sc=Han}/u],
  ['kana', /[\p{sc=Hiragana}\p{sc=Katakana}]/u],
  ['hangul', /\p{sc=Hangul}/u],
  ['cyrillic', /\p{sc=Cyrillic}/u],
  ['greek', /\p{sc=Greek}/u],
  ['arabic', /\p{sc=Arabic}/u],
  ['hebrew', /\p{sc=Hebrew}/u],
  ['devanagari', /\p{sc=Devanagari}/u],
  ['thai', /\p{sc=Thai}/u],
];

/** Scripts that one language, or one that we can't tell from its neighbours, is written in. */
const byScript: Partial<Record<Script, string>> = {
  ...{ han: 'zh', kana: 'ja', hangul: 'ko', greek: 'el', hebrew: 'he', thai: 'th' },
};

/** Words that nothing but the language is told by; those that two languages share count for both, names of
 * things in English that are such words elsewhere for English, too ("hat", "dove"). */
const latin: Readonly<Record<string, ReadonlySet<string>>> = {
  en: setOf(
    `the a an of to in on at is are was were be been do does did what when where who whose which why how many much long often
    there this that these those it they he she you we i me my your his her its their with without from and or not no any some
    can could would will shall should may might must has have had shown show find list tell first last before after next
    someone somebody people please man hat dove yo`,
  ),
  de: setOf(
    `der die das den dem des ein eine einen einem einer und oder nicht kein keine ist sind war waren wird werden wer was wann
    wo warum wie wieviele viele welche welcher welches gibt es ich du er sie wir ihr mit ohne von zu im am auf aus nach vor
    bei zeig zeige suche finde mir alle hat haben kommt sieht man mann frau hund`,
  ),
  fr: setOf(
    `le la les un une des du de et ou ne pas est sont était qui que quoi quand où pourquoi comment combien quel quelle quels
    quelles y il elle nous vous ils elles avec sans dans sur sous montre trouve cherche moi au aux ce cette ces dans`,
  ),
  es: setOf(
    `el la los las un una unos unas y o no es son está están era hay quién qué cuándo dónde por cómo cuántos cuántas cuánto
    cuál yo tú él ella nosotros con sin en de del al sobre muestra busca encuentra que donde cuando`,
  ),
  it: setOf(
    `il lo la i gli le un uno una e o non è sono era chi che cosa quando dove perché come quanti quante quale io tu lui lei
    noi con senza in di del della al nel sul mostra trova cerca c'è ci`,
  ),
  pt: setOf(
    `o a os as um uma uns umas e ou não é são está estão há quem que quando onde por como quantos quantas qual eu tu ele ela
    nós com sem em de do da no na ao mostra encontra procura`,
  ),
  nl: setOf(
    `de het een en of niet geen is zijn was waren wie wat wanneer waar waarom hoe hoeveel welke er ik jij hij zij wij met
    zonder van naar op in uit toon vind zoek`,
  ),
};

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/u));
}

/**
 * What a query or question is written in, by its letters and, among languages that share the Latin letters, by its function
 * words: short words that are the same in several languages ("taxi", "Hotel") tell nothing.
 */
export function languageOf(text: string): Language {
  const plain = text.normalize('NFKC').toLowerCase();
  const script = scriptOf(plain);
  if (script === undefined) return { script, code: undefined };
  if (script !== 'latin') return { script, code: byScript[script] };
  const words = plain.replace(/[’‘]/gu, "'").match(/\p{L}+(?:'\p{L}+)?/gu) ?? [];
  const counted = Object.entries(latin)
    .map(([code, known]) => ({ code, hits: words.filter((word) => known.has(word)).length }))
    .sort((a, b) => b.hits - a.hits);
  const [best, next] = counted;
  return { script, code: best.hits > next.hits ? best.code : undefined };
}

function scriptOf(text: string): Script | undefined {
  const counts = new Map<Script, number>();
  for (const letter of text.match(/\p{L}/gu) ?? []) {
    const script = letters.find(([, pattern]) => pattern.test(letter))?.[0] ?? 'other';
    counts.set(script, (counts.get(script) ?? 0) + 1);
  }
  if (counts.has('kana')) return 'kana';
  // A letter of Chinese is a word: three beside an English name are what is asked.
  const most = [...counts].sort((a, b) => weightOf(b) - weightOf(a))[0];
  return most?.[0];
}

function weightOf([script, count]: readonly [Script, number]): number {
  return script === 'han' ? 3 * count : count;
}
