/** What a token of a file's name says. */
export type NameToken = { is: 'language'; tag: string } | { is: 'kind' | 'number' | 'part' };

/** Parts of a name that say of what kind the subtitles are, not in which language. */
const kinds = new Set(
  (
    'forced foreign sdh cc hi default full sub subs subtitle subtitles caption captions closed hearing impaired normal original orig ' +
    'auto asr utf8 utf srt ass lyrics karaoke signs songs commentary dialog dialogue track audio sync synced translated simplified traditional simp trad bilingual dual'
  ).split(' '),
);

/** As people call languages, besides their codes and their English and own names. */
const otherNames: Readonly<Record<string, string>> = {
  ...names('zh-Hans', 'chs sc zhs gb gbk gb2312 简体 简中 简体中文 簡體 简 简体字幕'),
  ...names('zh-Hant', 'cht tc zht big5 繁体 繁體 繁中 繁體中文 繁体中文 繁'),
  ...names('zh', '中文 中字 国语 國語 普通话 mandarin chn cn'),
  ...names('yue', 'cantonese 粤语 粵語'),
  ...names('ja', 'jp jap 日文 日语 日語'),
  ...names('ko', 'kr 韩文 韩语 韓文 韓語'),
  ...names('en', '英文 英语 英語'),
  ...names('pt-BR', 'brazilian br pob ptbr brasil brasileiro'),
  ...names('es-419', 'latino latam latinoamericano lat'),
  ...names('es', 'castellano spa esp'),
  ...names('el', 'ell gr'),
  ...names('cs', 'cz'),
  ...names('uk', 'ua'),
  ...names('sv', 'se'),
  ...names('da', 'dk'),
  ...names('sr', 'scc'),
  ...names('hr', 'scr'),
};

function names(tag: string, words: string): Record<string, string> {
  return Object.fromEntries(words.split(' ').map((word) => [word, tag]));
}

/** Languages that have a code of two letters; of three-letter codes, only theirs are taken for languages. */
const codes = (
  'aa ab af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ' +
  'ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko ' +
  'kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa ' +
  'pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ' +
  'ug uk ur uz ve vi vo wa wo xh yi yo za zh zu fil yue cmn nan wuu gsw hsb dsb'
).split(' ');

const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

let byName: Map<string, string> | undefined;

/** Each language's name in English and in itself, lower case. */
function languageNames(): Map<string, string> {
  if (byName) return byName;
  byName = new Map();
  const english = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
  for (const code of codes) {
    const own = new Intl.DisplayNames([code], { type: 'language', fallback: 'none' });
    for (const name of [english.of(code), own.of(code)])
      if (name !== undefined) byName.set(fold(name), byName.get(fold(name)) ?? code);
  }
  for (const [name, tag] of Object.entries(otherNames)) byName.set(name, tag);
  return byName;
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase();
}

/** The language of a tag, code or name: "eng", "pt-BR", "Français", "简体"; undefined where it is none. */
export function languageOf(word: string): string | undefined {
  const known = languageNames().get(fold(word)) ?? languageNames().get(word.toLowerCase());
  if (known !== undefined) return known;
  if (!/^[a-z]{2,3}(?:[-_](?:[a-z]{4}|[a-z]{2}|\d{3}))*$/i.test(word)) return undefined;
  try {
    const tag = Intl.getCanonicalLocales(word.replaceAll('_', '-'))[0];
    const { language, region } = new Intl.Locale(tag);
    if (!codes.includes(language)) return undefined;
    // "zh-Hant-en" is Chinese and English, no country.
    const isCountry = region === undefined || regions.of(region) !== undefined;
    return isCountry ? tag : tag.slice(0, -region.length - 1);
  } catch {
    return undefined;
  }
}

/**
 * Splits what a subtitle file's name says beside its video's name into what each part is.
 * @param rest "zh-Hant-en.forced", "2_English"
 */
export function readTokens(rest: string): NameToken[] {
  const tokens: NameToken[] = [];
  for (const piece of rest.split(/[.\s()[\]{}+&,;~]+/).filter((part) => part !== '')) {
    const whole = tokenOf(piece);
    if (whole.is !== 'part') tokens.push(whole);
    else
      tokens.push(
        ...piece
          .split(/[-_]+/)
          .filter((part) => part !== '')
          .map(tokenOf),
      );
  }
  return tokens;
}

function tokenOf(word: string): NameToken {
  // "hi" is Hindi's code, but means "hearing impaired" in most names of files.
  if (kinds.has(word.toLowerCase())) return { is: 'kind' };
  const tag = languageOf(word);
  if (tag !== undefined) return { is: 'language', tag };
  return { is: /^\d{1,3}$/.test(word) ? 'number' : 'part' };
}
