/** Encodes text by turning TextDecoder's tables round, as Node can decode old encodings but not write them. */
export function encodeAs(text: string, encoding: string): Buffer {
  const table = tableOf(encoding);
  // Of Vietnamese, windows-1258 has letters with a circumflex or a horn whole, tones behind them.
  const written = encoding === 'windows-1258' ? splitTones(text) : text;
  return Buffer.concat(
    [...written].map((character) => {
      const bytes = table.get(character);
      if (!bytes) throw new Error(`${encoding} has no ${character}`);
      return bytes;
    }),
  );
}

const tables = new Map<string, Map<string, Buffer>>();

function tableOf(encoding: string): Map<string, Buffer> {
  let table = tables.get(encoding);
  if (table) return table;
  table = new Map();
  const decoder = new TextDecoder(encoding, { fatal: true });
  const add = (...bytes: number[]) => {
    try {
      const character = decoder.decode(Uint8Array.from(bytes));
      if ([...character].length === 1 && !table.has(character)) table.set(character, Buffer.from(bytes));
    } catch {
      // No character.
    }
  };
  for (let byte = 0; byte < 256; byte++) add(byte);
  if (/^(?:gb|big5|shift|euc)/.test(encoding))
    for (let lead = 0x81; lead < 0xff; lead++) for (let trail = 0x40; trail < 0xff; trail++) add(lead, trail);
  tables.set(encoding, table);
  return table;
}

function splitTones(text: string): string {
  return text
    .normalize('NFD')
    .replace(
      /([aeoAEO])(\u0323)?(\u0302)/g,
      (_, letter: string, dot = '', mark: string) => `${(letter + mark).normalize('NFC')}${dot}`,
    )
    .replace(
      /([aA])(\u0323)?(\u0306)/g,
      (_, letter: string, dot = '', mark: string) => `${(letter + mark).normalize('NFC')}${dot}`,
    )
    .replace(
      /([ouOU])(\u0323)?(\u031b)/g,
      (_, letter: string, dot = '', mark: string) => `${(letter + mark).normalize('NFC')}${dot}`,
    )
    .replace(/([ouOU])(\u031b)/g, (pair) => pair.normalize('NFC'));
}
