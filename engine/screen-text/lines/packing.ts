import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { LongviewError } from '../../protocol/errors.ts';
import { screenTextKinds, screenTextScripts, type ScreenTextLine } from '../../protocol/screen-text.ts';

/** The first byte: the layout. */
const layout = 1;
/** Bytes of a line before its text: start and end in ms (4 + 4), box (4 x 2), confidence, kind and script, length (2). */
const head = 20;
/** Longer texts are cut: two bytes hold their length. */
const mostBytes = 0xffff;
/** Packed lines that unfold to more than this are damaged. */
const mostUnpacked = 256 * 1024 * 1024;

/**
 * Packs lines for storage: times to 1 ms, boxes to 1/65,535 of the picture, confidences to 1/255, all of it deflated.
 * About 40 bytes a line.
 */
export function packLines(lines: readonly ScreenTextLine[]): Uint8Array {
  const texts = lines.map(({ text }) => cutBytes(Buffer.from(text, 'utf8')));
  const bytes = Buffer.alloc(texts.reduce((sum, text) => sum + head + text.length, 0));
  let at = 0;
  for (const [index, line] of lines.entries()) {
    bytes.writeUInt32LE(Math.round(line.start * 1000), at);
    bytes.writeUInt32LE(Math.round(line.end * 1000), at + 4);
    for (const [side, share] of line.box.entries())
      bytes.writeUInt16LE(Math.round(share * 65535), at + 8 + 2 * side);
    bytes[at + 16] = Math.round(line.confidence * 255);
    bytes[at + 17] =
      screenTextKinds.indexOf(line.kind) |
      (line.moving ? 2 : 0) |
      (screenTextScripts.indexOf(line.script) << 2);
    bytes.writeUInt16LE(texts[index].length, at + 18);
    texts[index].copy(bytes, at + head);
    at += head + texts[index].length;
  }
  return Buffer.concat([Buffer.from([layout]), deflateRawSync(bytes)]);
}

/** Unpacks what {@link packLines} packed. @throws LongviewError `library-damaged`. */
export function unpackLines(packed: Uint8Array): ScreenTextLine[] {
  if (packed[0] !== layout) throw damaged();
  let bytes: Buffer;
  try {
    bytes = inflateRawSync(packed.subarray(1), { maxOutputLength: mostUnpacked });
  } catch (cause) {
    throw damaged(cause);
  }
  const lines: ScreenTextLine[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + head <= bytes.length ? at + head + bytes.readUInt16LE(at + 18) : Infinity;
    const kind = screenTextKinds[bytes[at + 17] & 1];
    const script = screenTextScripts[bytes[at + 17] >> 2];
    if (end > bytes.length || script === undefined) throw damaged();
    const share = (side: number) => bytes.readUInt16LE(at + 8 + 2 * side) / 65535;
    lines.push({
      text: bytes.toString('utf8', at + head, end),
      start: bytes.readUInt32LE(at) / 1000,
      end: bytes.readUInt32LE(at + 4) / 1000,
      box: [share(0), share(1), share(2), share(3)],
      confidence: bytes[at + 16] / 255,
      moving: (bytes[at + 17] & 2) !== 0,
      ...{ kind, script },
    });
    at = end;
  }
  return lines;
}

/**
 * Leaves out what is least worth keeping until the packed lines take no more than so many bytes: the least sure lines,
 * and of equally sure ones those that stood the shortest. Text of a real screen stays far below 1 MB an hour; what the
 * net sees in leaves and gravel may not.
 */
export function boundLines(lines: readonly ScreenTextLine[], mostPacked: number): ScreenTextLine[] {
  const order = lines
    .map((line, index) => ({
      index,
      worth: line.confidence + Math.min(1, (line.end - line.start) / 10) * 0.2,
    }))
    .sort((a, b) => b.worth - a.worth)
    .map(({ index }) => index);
  const kept = (count: number) => {
    const keep = new Set(order.slice(0, count));
    return lines.filter((_, index) => keep.has(index));
  };
  let [fits, fitsNot] = [0, lines.length + 1];
  if (packLines(lines).length <= mostPacked) return [...lines];
  while (fitsNot - fits > 1) {
    const middle = Math.floor((fits + fitsNot) / 2);
    if (packLines(kept(middle)).length <= mostPacked) fits = middle;
    else fitsNot = middle;
  }
  return kept(fits);
}

function cutBytes(text: Buffer): Buffer {
  if (text.length <= mostBytes) return text;
  let end = mostBytes;
  while ((text[end] & 0xc0) === 0x80) end--;
  return text.subarray(0, end);
}

function damaged(cause?: unknown): LongviewError {
  return new LongviewError(
    'library-damaged',
    'The stored text of a video’s picture can’t be read.',
    'Index the video again.',
    cause === undefined ? {} : { cause },
  );
}
