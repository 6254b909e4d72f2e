const words = (text: string): readonly string[] => text.trim().split(/\s+/u);

/** Articles, pronouns that own, "some": what stands before a noun. */
const determinersOfAll = words(
  'a an the this that these those some any my your his her its our their which what',
);

/** Words that ask, point or join: they name nothing, whether it is to be seen, heard or read. */
const grammarWords = [
  ...determinersOfAll,
  ...words(`
    and or of in on at to for from with by as is are was were be been being am it there here i me we you he she him they
    them who whom where when why how do does did
    show shown find clip video scene moment part
  `),
];

/** Words before a noun. */
export const determiners: ReadonlySet<string> = new Set([
  ...determinersOfAll,
  ...words('each every another whose'),
]);

/** Words that add nothing that could be seen. */
export const unseenWords: ReadonlySet<string> = new Set([
  ...grammarWords,
  ...determiners,
  ...words(`
    next near beside nearby together us if whether please can could would will shall should may might has have had let
    shows search look looking see sees seen visible appear appears appeared appearing happen happens contain contains
    containing include includes feature features featuring depict depicts
    videos clips film movie footage recording scenes shot shots photo photos photograph photographs
    picture pictures image images frame frames view moments parts time times screen-time ever anywhere somewhere
    so then also too very really quite
  `),
]);

/** Words for saying something, which what is said needn't hold. */
export const sayingWords: ReadonlySet<string> = new Set(
  words(
    'say says said saying talk talks talked talking speak speaks spoke speaking mention mentions mentioned tell tells told',
  ),
);

/** Words that a text needn't hold to be what was looked for. */
export const unsaidWords: ReadonlySet<string> = new Set([
  ...grammarWords,
  ...words('about but showing somebody someone something without'),
]);
