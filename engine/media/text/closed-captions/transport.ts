const packetBytes = 188;
const clockRate = 90_000;
/** Time stamps have 33 bits. */
const wrap = 2 ** 33;
/** What a picture's captions can take. */
const mostBytes = 65_536;

/** What one picture carries, and when it is shown. */
export interface Carried {
  /** Seconds. */
  time: number;
  bytes: Uint8Array;
}

/** Takes the one elementary stream out of a transport stream (ISO 13818-1) that ffmpeg writes, piece by piece. */
export class TransportReader {
  readonly #onPicture: (picture: Carried) => void;
  #rest: Uint8Array = new Uint8Array();
  #pieces: Uint8Array[] | undefined;
  #size = 0;
  #last: number | undefined;

  constructor(onPicture: (picture: Carried) => void) {
    this.#onPicture = onPicture;
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    for (; at + packetBytes <= bytes.length; at += packetBytes)
      this.#packet(bytes.subarray(at, at + packetBytes));
    this.#rest = Uint8Array.from(bytes.subarray(at));
  }

  end(): void {
    if (this.#pieces) this.#finish(Buffer.concat(this.#pieces));
    this.#pieces = undefined;
  }

  #packet(packet: Uint8Array): void {
    const starts = (packet[1] & 0x40) !== 0;
    const from = packet[3] & 0x20 ? 5 + packet[4] : 4;
    if (packet[0] !== 0x47 || (packet[3] & 0x10) === 0 || from >= packetBytes) return;
    const payload = packet.subarray(from);
    if (starts) {
      this.end();
      // Tables begin otherwise.
      const isPicture =
        payload[0] === 0 && payload[1] === 0 && payload[2] === 1 && (payload[3] & 0xf0) === 0xe0;
      this.#pieces = isPicture ? [] : undefined;
      this.#size = 0;
    } else if (((packet[1] & 31) << 8) + packet[2] < 0x20) return;
    if (!this.#pieces || (this.#size += payload.length) > mostBytes) return;
    this.#pieces.push(Uint8Array.from(payload));
  }

  #finish(packet: Uint8Array): void {
    if (packet.length < 14 || (packet[7] & 0x80) === 0) return;
    const stamp =
      ((packet[9] >> 1) & 7) * 2 ** 30 +
      (((packet[10] << 8) | packet[11]) >> 1) * 2 ** 15 +
      (((packet[12] << 8) | packet[13]) >> 1);
    const before = this.#last ?? stamp;
    // The time nearest to the one before of those that have these bits.
    this.#last = stamp + Math.round((before - stamp) / wrap) * wrap;
    this.#onPicture({ time: this.#last / clockRate, bytes: packet.subarray(9 + packet[8]) });
  }
}
