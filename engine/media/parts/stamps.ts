/** A packet's time in an MPEG stream. */
export interface Stamp {
  /** Where its packet begins, in bytes from the file's start. */
  at: number;
  /** Which stream it belongs to: a transport stream's packet id, or a program stream's stream id. */
  stream: number;
  /** Whether it says of itself that it is a picture's. */
  picture: boolean;
  /** Decoding time in seconds (presentation time where that is the only one). */
  time: number;
  /** Presentation time in seconds. */
  shown: number;
}

/** How a transport stream's packets lie: 188 bytes each, 4 more before them (M2TS) or 16 behind them. */
export interface PacketForm {
  size: number;
  /** Bytes before the sync byte. */
  before: number;
}

const forms: readonly PacketForm[] = [
  { size: 188, before: 0 },
  { size: 192, before: 4 },
  { size: 204, before: 0 },
];
const ticksPerSecond = 90_000;
/** Clocks count in 33 bits and begin again at 0 after 26.5 hours. */
const clockSeconds = 2 ** 33 / ticksPerSecond;

/** How the packets of a piece of a transport stream lie, and where the first one begins. */
export function packetForm(piece: Buffer): (PacketForm & { first: number }) | undefined {
  for (const form of forms)
    for (let first = 0; first < form.size; first++) {
      const enough = Math.min(8, Math.floor((piece.length - first) / form.size));
      if (enough < 4) break;
      const synced = Array.from({ length: enough }, (_, n) => piece[first + n * form.size + form.before]);
      if (synced.every((byte) => byte === 0x47)) return { ...form, first };
    }
  return undefined;
}

/** The stamps in a piece of a transport stream (ISO 13818-1, 2.4.3). @param origin where the piece lies in its file */
export function transportStamps(piece: Buffer, origin: number): Stamp[] {
  const form = packetForm(piece);
  if (!form) return [];
  const found: Stamp[] = [];
  let at = form.first;
  while (at + form.size <= piece.length) {
    const sync = at + form.before;
    if (piece[sync] !== 0x47) {
      // Damaged or joined at an odd place: search where packets go on.
      const next = packetForm(piece.subarray(at + 1));
      if (!next) break;
      at += 1 + next.first;
      continue;
    }
    const starts = (piece[sync + 1] & 0x40) !== 0;
    const control = (piece[sync + 3] >> 4) & 3;
    const payload = sync + 4 + (control & 2 ? 1 + piece[sync + 4] : 0);
    if (starts && control & 1 && payload + 19 <= sync + 188) {
      const stamp = pesStamp(piece, payload);
      const stream = ((piece[sync + 1] & 0x1f) << 8) | piece[sync + 2];
      if (stamp) found.push({ at: origin + at, stream, ...stamp });
    }
    at += form.size;
  }
  return found;
}

/** The stamps in a piece of a program stream (ISO 13818-1, 2.5; ISO 11172-1). */
export function programStamps(piece: Buffer, origin: number): Stamp[] {
  const found: Stamp[] = [];
  let pack = -1;
  let at = piece.indexOf('\0\0\x01', 0, 'latin1');
  while (at >= 0 && at + 24 < piece.length) {
    const code = piece[at + 3];
    let next = at + 3;
    if (code === 0xba) pack = at;
    else if (code >= 0xbd && code <= 0xef && code !== 0xbe && code !== 0xbf) {
      const stamp = pesStamp(piece, at);
      // The private stream holds several; its first byte of payload tells them apart.
      if (stamp) found.push({ at: origin + (pack >= 0 ? pack : at), stream: code, ...stamp });
      next = at + 6 + piece.readUInt16BE(at + 4);
      pack = -1;
    }
    at = piece.indexOf('\0\0\x01', next, 'latin1');
  }
  return found;
}

function pesStamp(bytes: Buffer, at: number): Pick<Stamp, 'time' | 'shown' | 'picture'> | undefined {
  if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) return undefined;
  const picture = (bytes[at + 3] & 0xf0) === 0xe0;
  if ((bytes[at + 6] & 0xc0) === 0x80) {
    const flags = bytes[at + 7] >> 6;
    if (flags < 2) return undefined;
    const shown = clock(bytes, at + 9);
    return { picture, shown, time: flags === 3 ? clock(bytes, at + 14) : shown };
  }
  // MPEG-1: stuffing, perhaps a buffer's size, then the times.
  let head = at + 6;
  while (bytes[head] === 0xff && head < at + 22) head++;
  if ((bytes[head] & 0xc0) === 0x40) head += 2;
  const kind = bytes[head] >> 4;
  if ((kind !== 2 && kind !== 3) || head + 10 > bytes.length) return undefined;
  const shown = clock(bytes, head);
  return { picture, shown, time: kind === 3 ? clock(bytes, head + 5) : shown };
}

function clock(bytes: Buffer, at: number): number {
  const high = (bytes[at] >> 1) & 7;
  const middle = ((bytes[at + 1] << 8) | bytes[at + 2]) >> 1;
  const low = ((bytes[at + 3] << 8) | bytes[at + 4]) >> 1;
  return (high * 2 ** 30 + middle * 2 ** 15 + low) / ticksPerSecond;
}

/** How far one time of such a clock lies behind another, the way that is shorter around its end. */
export function clockDistance(from: number, to: number): number {
  const ahead = to - from;
  if (ahead < -clockSeconds / 2) return ahead + clockSeconds;
  return ahead > clockSeconds / 2 ? ahead - clockSeconds : ahead;
}
