import type { FileHandle } from 'node:fs/promises';

/** Where files of one container begin that were joined byte for byte. */
export type FindJoints = (file: FileHandle, size: number) => Promise<number[]>;

const readBytes = 4_194_304;
const mostParts = 1000;

/** Reads a few bytes; shorter at the file's end. */
async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}

/**
 * Goes from one top-level unit to the next.
 * @param unit tells of a unit's first bytes how long it is (undefined: this is none) and whether a file begins with it
 */
async function walk(
  file: FileHandle,
  size: number,
  unit: (head: Buffer) => { length: number; begins: boolean } | undefined,
): Promise<number[]> {
  const begins: number[] = [];
  for (let at = 0; at < size && begins.length < mostParts;) {
    const found = unit(await bytesAt(file, at, 64));
    if (!found || !(found.length > 0)) break;
    if (found.begins) begins.push(at);
    at += found.length;
  }
  return begins;
}

/** MP4 and MOV: a second "ftyp" (ISO 14496-12). */
const inMp4: FindJoints = (file, size) =>
  walk(file, size, (head) => {
    if (head.length < 16) return undefined;
    const short = head.readUInt32BE(0);
    const length = short === 1 ? Number(head.readBigUInt64BE(8)) : short;
    const type = head.toString('latin1', 4, 8);
    return /^[\w ]{4}$/.test(type) ? { length, begins: type === 'ftyp' } : undefined;
  });

/** AVI: a second RIFF of this type; those of type AVIX go on with the first. */
const inAvi: FindJoints = (file, size) =>
  walk(file, size, (head) => {
    if (head.toString('latin1', 0, 4) !== 'RIFF') return undefined;
    const length = 8 + head.readUInt32LE(4);
    return { length: length + (length % 2), begins: head.toString('latin1', 8, 12) === 'AVI ' };
  });

/** ASF: a second header object. */
const inAsf: FindJoints = (file, size) =>
  walk(file, size, (head) =>
    head.length < 24
      ? undefined
      : { length: Number(head.readBigUInt64LE(16)), begins: head.readUInt32BE(0) === 0x3026b275 },
  );

/** Matroska and WebM: a second EBML header. Live recordings don't say how long they are: they are searched. */
const inMatroska: FindJoints = (file, size) =>
  search(file, size, Buffer.from('1a45dfa3', 'hex'), (head) => {
    const type = head.indexOf('4282', 0, 'hex');
    return type >= 0 && type < 60 && /^(matroska|webm)/.test(head.toString('latin1', type + 3, type + 11));
  });

/** FLV: a second file header, where a tag would be. */
const inFlv: FindJoints = (file, size) =>
  search(
    file,
    size,
    Buffer.from('464c5601', 'hex'),
    (head) => (head[4] & 0xfa) === 0 && head.readUInt32BE(5) === 9,
  );

/** Ogg: a page that begins a stream, after pages that don't. */
const inOgg: FindJoints = async (file, size) => {
  let inside = false;
  const pages = await search(file, size, Buffer.from('OggS\0', 'latin1'), (head) => {
    const first = (head[5] & 2) !== 0;
    const begins = first && (inside || head.readUInt32LE(18) === 0);
    inside = !first;
    return begins;
  });
  // Several streams begin side by side; the first of them begins the file.
  return pages.filter((at, index) => index === 0 || at - pages[index - 1] > readBytesOfHeads);
};
const readBytesOfHeads = 1024;

/** Searches a file for a mark. @param fits whether what begins with it (64 bytes at most) is what is meant */
async function search(
  file: FileHandle,
  size: number,
  mark: Buffer,
  fits: (head: Buffer) => boolean,
): Promise<number[]> {
  const found: number[] = [];
  const overlap = 64;
  for (let origin = 0; origin < size && found.length < mostParts; origin += readBytes) {
    const piece = await bytesAt(file, origin, readBytes + overlap);
    for (let at = piece.indexOf(mark); at >= 0 && at < readBytes; at = piece.indexOf(mark, at + 1))
      if (at + 32 <= piece.length && fits(piece.subarray(at, at + overlap))) found.push(origin + at);
  }
  return found;
}

/** By the first of ffmpeg's names of a container. */
export const joinedFiles: Readonly<Record<string, FindJoints>> = {
  mov: inMp4,
  avi: inAvi,
  asf: inAsf,
  matroska: inMatroska,
  flv: inFlv,
  ogg: inOgg,
};
