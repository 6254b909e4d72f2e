/** Caption bytes of one picture: pairs as CEA-608 and CEA-708 have them. */
export interface CaptionBytes {
  /** 0 and 1: the two fields of CEA-608; 2 and 3: a piece, or the start, of a packet of CEA-708. */
  type: number;
  first: number;
  second: number;
  /** Pictures after the one that carries it, where one carries those of several (DVD). */
  pictures: number;
}

/** How a codec carries captions: in which units, and where their bytes begin. */
export interface CaptionCarrier {
  /** ffmpeg's name of the raw stream's units that hold them. */
  unitTypes: string;
  read(unit: Uint8Array): CaptionBytes[];
}

/** The codecs that carry captions, by ffmpeg's name. */
export const carriers: Readonly<Record<string, CaptionCarrier>> = {
  h264: { unitTypes: '6', read: (unit) => ((unit[0] & 31) === 6 ? ofSei(unit.subarray(1)) : []) },
  hevc: { unitTypes: '39', read: (unit) => (((unit[0] >> 1) & 63) === 39 ? ofSei(unit.subarray(2)) : []) },
  mpeg2video: { unitTypes: '178', read: (unit) => (unit[0] === 0xb2 ? ofUserData(unit.subarray(1)) : []) },
};

/** Splits a picture's bytes at start codes. */
export function* unitsOf(bytes: Uint8Array): Generator<Uint8Array> {
  let from = -1;
  for (let at = 0; at + 2 < bytes.length; at++) {
    if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) continue;
    if (from >= 0) yield bytes.subarray(from, at);
    from = at + 3;
    at += 2;
  }
  if (from >= 0 && from < bytes.length) yield bytes.subarray(from);
}

/** Supplemental enhancement information (H.264 7.3.2.3, H.265 7.3.2.4): messages of type 4 from ATSC (A/53 part 4). */
function ofSei(raw: Uint8Array): CaptionBytes[] {
  const bytes = withoutEmulation(raw);
  const found: CaptionBytes[] = [];
  for (let at = 0; at + 2 < bytes.length;) {
    const [type, afterType] = counted(bytes, at);
    const [size, from] = counted(bytes, afterType);
    const payload = bytes.subarray(from, from + size);
    if (type === 4 && payload[0] === 0xb5 && payload[1] === 0 && payload[2] === 0x31)
      found.push(...ofUserData(payload.subarray(3)));
    at = from + size;
  }
  return found;
}

/** A number as bytes of 255 and a last one. */
function counted(bytes: Uint8Array, at: number): [value: number, past: number] {
  let value = 0;
  let past = at;
  while (bytes[past] === 255) {
    value += 255;
    past++;
  }
  return [value + (bytes[past] ?? 0), past + 1];
}

function withoutEmulation(bytes: Uint8Array): Uint8Array {
  const plain = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0, zeros = 0; at < bytes.length; at++) {
    if (zeros >= 2 && bytes[at] === 3) {
      zeros = 0;
      continue;
    }
    zeros = bytes[at] === 0 ? zeros + 1 : 0;
    plain[length++] = bytes[at];
  }
  return plain.subarray(0, length);
}

/** User data of ATSC ("GA94", type 3) and of DVD ("CC"). */
function ofUserData(bytes: Uint8Array): CaptionBytes[] {
  const [a, b, c, d] = bytes;
  if (a === 0x47 && b === 0x41 && c === 0x39 && d === 0x34 && bytes[4] === 3)
    return ofAtsc(bytes.subarray(5));
  if (a === 0x43 && b === 0x43 && c === 1 && d === 0xf8) return ofDvd(bytes.subarray(4));
  return [];
}

function ofAtsc(bytes: Uint8Array): CaptionBytes[] {
  if ((bytes[0] & 0x40) === 0) return [];
  const found: CaptionBytes[] = [];
  for (let at = 2, count = bytes[0] & 31; count > 0 && at + 2 < bytes.length; count--, at += 3)
    if (bytes[at] & 4)
      found.push({ type: bytes[at] & 3, first: bytes[at + 1], second: bytes[at + 2], pictures: 0 });
  return found;
}

/** A group of pictures' captions: a flag which field is first, then six bytes a picture, each field behind 0xFE or 0xFF. */
function ofDvd(bytes: Uint8Array): CaptionBytes[] {
  const found: CaptionBytes[] = [];
  for (let at = 1, pictures = 0; at + 5 < bytes.length && (bytes[at] & 0xfe) === 0xfe; at += 6, pictures++)
    for (const field of [at, at + 3])
      found.push({
        type: bytes[field] === 0xff ? 0 : 1,
        first: bytes[field + 1],
        second: bytes[field + 2],
        pictures,
      });
  return found;
}
