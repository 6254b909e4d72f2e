/** What `jschardet` may find, as it names it, and what TextDecoder calls that. */
const encodings: Readonly<Record<string, string>> = {
  gb18030: 'gb18030',
  big5: 'big5',
  big5hkscs: 'big5',
  shift_jis: 'shift_jis',
  cp932: 'shift_jis',
  shift_jis_2004: 'shift_jis',
  'euc-jp': 'euc-jp',
  'euc-jis-2004': 'euc-jp',
  'iso-2022-jp': 'iso-2022-jp',
  'euc-kr': 'euc-kr',
  cp949: 'euc-kr',
  'windows-1250': 'windows-1250',
  'windows-1251': 'windows-1251',
  'windows-1252': 'windows-1252',
  'windows-1253': 'windows-1253',
  'windows-1254': 'windows-1254',
  'windows-1255': 'windows-1255',
  'windows-1256': 'windows-1256',
  'windows-1257': 'windows-1257',
  'windows-1258': 'windows-1258',
  'koi8-r': 'koi8-r',
  'koi8-u': 'koi8-u',
  cp1258: 'windows-1258',
  cp866: 'ibm866',
  ibm866: 'ibm866',
  'iso-8859-2': 'iso-8859-2',
  'iso-8859-5': 'iso-8859-5',
  'iso-8859-7': 'iso-8859-7',
  cp874: 'windows-874',
  'tis-620': 'windows-874',
  'iso-8859-11': 'windows-874',
};

const all = [...new Set(Object.values(encodings))];
/** Of a single line, text of other encodings looks too much like that of IBM 866. */
const ofOneLine = all.filter((name) => name !== 'ibm866');

/** Which encodings files of a language come in; where the language is known, others needn't be thought of. */
const ofLanguage: Readonly<Record<string, readonly string[]>> = {
  zh: ['gb18030', 'big5'],
  ja: ['shift_jis', 'euc-jp', 'iso-2022-jp'],
  ko: ['euc-kr'],
  ...of('ru uk be bg sr mk', ['windows-1251', 'koi8-r', 'koi8-u', 'ibm866', 'iso-8859-5']),
  ...of('pl cs sk hu ro sl hr bs sq', ['windows-1250', 'iso-8859-2']),
  ...of('en de fr es pt it nl sv da no nb fi is ca', ['windows-1252']),
  ...of('lt lv et', ['windows-1257']),
  el: ['windows-1253', 'iso-8859-7'],
  tr: ['windows-1254'],
  he: ['windows-1255'],
  ar: ['windows-1256'],
  fa: ['windows-1256'],
  vi: ['windows-1258'],
  th: ['windows-874'],
};

function of(languages: string, some: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(languages.split(' ').map((language) => [language, some]));
}

/** As much of a file as is looked at to find its encoding: lines that have more than ASCII, up to so many bytes. */
const sampleBytes = 32_768;

/**
 * Text of a file whose encoding nobody told (see {@link encodingOf}). Bytes that are none in it become U+FFFD.
 * @param language as the file's name says, where it does: "fr"
 */
export async function decodeText(bytes: Uint8Array, language?: string): Promise<string> {
  return new TextDecoder(await encodingOf(bytes, language)).decode(bytes);
}

/**
 * The encoding as TextDecoder names it: byte order marks, then UTF-16 by its zero bytes, then UTF-8, of which a few
 * characters may be broken, then what the package `jschardet` finds likeliest among the encodings of subtitle files.
 * Measured on made lines in 30 languages: docs/captions.md.
 */
export async function encodingOf(bytes: Uint8Array, language?: string): Promise<string> {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  const zeros = [0, 0];
  const head = bytes.subarray(0, 4096);
  head.forEach((byte, at) => byte === 0 && zeros[at & 1]++);
  if (zeros[0] + zeros[1] > head.length / 8) return zeros[1] > zeros[0] ? 'utf-16le' : 'utf-16be';
  if (isUtf8(bytes)) return 'utf-8';
  return olderEncoding(bytes, language);
}

/** One broken sequence in five at most: in older encodings bytes make whole sequences of UTF-8 by chance only. */
function isUtf8(bytes: Uint8Array): boolean {
  let whole = 0;
  let broken = 0;
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at++];
    if (byte < 0x80) continue;
    const following =
      byte >= 0xf0 && byte < 0xf5 ? 3 : byte >= 0xe0 && byte < 0xf0 ? 2 : byte >= 0xc2 && byte < 0xe0 ? 1 : 0;
    let found = 0;
    while (found < following && (bytes[at + found] & 0xc0) === 0x80) found++;
    if (following > 0 && found === following) whole++;
    else broken++;
    at += found;
  }
  return broken === 0 || whole >= broken * 4;
}

async function olderEncoding(bytes: Uint8Array, language: string | undefined): Promise<string> {
  const { detectAll } = await import('jschardet');
  const sample = sampleOf(bytes);
  // In whole and in parts: one broken character makes the library give up an encoding of two bytes a character.
  const parts = [sample, ...partsOf(sample)];
  const among = (names: readonly string[]) => {
    // Without its fallback the library complains on the console.
    const detectEncodings = Object.keys(encodings).filter((name) =>
      [...names, 'windows-1252'].includes(encodings[name]),
    );
    const scores = new Map<string, number>();
    for (const part of parts)
      for (const { encoding, confidence } of detectAll(part, { detectEncodings, minimumThreshold: 0 })) {
        const name = encodings[encoding?.toLowerCase() ?? ''];
        if (name !== undefined && names.includes(name))
          scores.set(name, (scores.get(name) ?? 0) + confidence);
      }
    const ranked = [...scores].sort(([, a], [, b]) => b - a).map(([name]) => name);
    return [...ranked, ...names].find((name) => fits(sample, name));
  };
  const expected = ofLanguage[language?.split(/[-_]/)[0].toLowerCase() ?? ''];
  return (expected && among(expected)) ?? among(parts.length > 1 ? all : ofOneLine) ?? 'windows-1252';
}

/** Halves of a sample that has more than a line, cut where a line ends. */
function partsOf(sample: Uint8Array): Uint8Array[] {
  const middle = sample.indexOf(0x0a, sample.length / 2) + 1;
  return middle > 0 && middle < sample.length ? [sample.subarray(0, middle), sample.subarray(middle)] : [];
}

/** Hardly anything that is no character, and no control characters, which ISO 8859 has where Windows has letters. */
function fits(sample: Uint8Array, encoding: string): boolean {
  const text = new TextDecoder(encoding).decode(sample);
  const broken = text.match(/[\ufffd\u0080-\u009f]/g)?.length ?? 0;
  const high = sample.reduce((count, byte) => count + (byte >>> 7), 0);
  return broken * 20 <= high;
}

function sampleOf(bytes: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  let size = 0;
  for (let from = 0; from < bytes.length && size < sampleBytes;) {
    const next = bytes.indexOf(0x0a, from);
    const line = bytes.subarray(
      from,
      Math.min(next < 0 ? bytes.length : next + 1, from + sampleBytes - size),
    );
    // ISO-2022-JP has no high bytes but escapes.
    if (line.some((byte) => byte >= 0x80 || byte === 0x1b)) {
      kept.push(line);
      size += line.length;
    }
    from = next < 0 ? bytes.length : next + 1;
  }
  return Buffer.concat(kept);
}
