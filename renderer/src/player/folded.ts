/** A text in which case and accents make no difference, letter by letter as long as it was. */
export function folded(text: string): string {
  return Array.from(text, (letter) => {
    const plain = letter.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
    return plain.length === letter.length ? plain : letter;
  }).join('');
}

/** A piece of a line: as it is, or found. */
export interface FoundPiece {
  text: string;
  found: boolean;
}

/** Cuts a line where some words stand in it; one piece where they don't. @param wanted folded, not empty */
export function piecesFound(text: string, wanted: string): FoundPiece[] {
  const plain = folded(text);
  const pieces: FoundPiece[] = [];
  let end = 0;
  for (let at = plain.indexOf(wanted); at >= 0; at = plain.indexOf(wanted, end)) {
    if (at > end) pieces.push({ text: text.slice(end, at), found: false });
    end = at + wanted.length;
    pieces.push({ text: text.slice(at, end), found: true });
  }
  if (end < text.length || pieces.length === 0) pieces.push({ text: text.slice(end), found: false });
  return pieces;
}
