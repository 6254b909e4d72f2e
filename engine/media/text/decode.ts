/**
 * Text of a file whose encoding nobody told: byte order marks, then UTF-16 by its zero bytes, then UTF-8 where it is
 * valid, then the older encodings by which bytes come in pairs. Western text is what remains.
 */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

/** The encoding as TextDecoder names it. */
export function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, 4096);
  const zeros = [0, 0];
  sample.forEach((byte, at) => byte === 0 && zeros[at & 1]++);
  if (zeros[0] + zeros[1] > sample.length / 8) return zeros[1] > zeros[0] ? 'utf-16le' : 'utf-16be';
  if (isValid(bytes, 'utf-8')) return 'utf-8';
  return olderEncoding(bytes);
}

function isValid(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/**
 * Among encodings of one or two bytes a character. A file of GBK consists of pairs whose first byte is that of one of
 * the 3,755 commonest characters (0xB0 to 0xD7) or of punctuation and full-width forms (0xA1, 0xA3); Shift JIS has its
 * kana behind 0x82 and 0x83; Cyrillic text of windows-1251 is mostly lower case (0xE0 to 0xFF) in whole words; in
 * western text high bytes stand alone between letters.
 */
function olderEncoding(bytes: Uint8Array): string {
  let high = 0;
  let kana = 0;
  let common = 0;
  let cyrillic = 0;
  for (let at = 0; at < bytes.length; at++) {
    const [byte, next] = [bytes[at], bytes[at + 1] ?? 0];
    if (byte < 0x80) continue;
    high++;
    if ((byte === 0x82 || byte === 0x83) && next >= 0x40) kana += 2;
    if (byte >= 0xe0 && (next >= 0xe0 || bytes[at - 1] >= 0xc0)) cyrillic++;
    const commonLead = (byte >= 0xb0 && byte <= 0xd7) || byte === 0xa1 || byte === 0xa3;
    if (commonLead && next >= 0xa1 && next !== 0xff) {
      common += 2;
      high++;
      at++;
    }
  }
  if (kana > high / 3 && isValid(bytes, 'shift_jis')) return 'shift_jis';
  if (common > high * 0.6 && isValid(bytes, 'gb18030')) return 'gb18030';
  if (cyrillic > high * 0.6) return 'windows-1251';
  return 'windows-1252';
}
