/** A packet of sound as ffmpeg lists it. */
export interface ListedPacket {
  /** Presentation time in seconds on the output's clock. */
  time: number;
  bytes: number;
}

/** ffmpeg's list of packets, read as it comes in between what else it writes to stderr. */
export interface PacketList {
  /** Takes what ffmpeg wrote; gives back what is no part of the list. */
  read: (text: string) => string;
  /** No more will come. */
  close: () => void;
  /** Waits for the next one; undefined after the last. */
  next(): Promise<ListedPacket | undefined>;
  /** Gives one back, to be the next again. */
  putBack(packet: ListedPacket): void;
}

/** "stream, dts, pts, duration, size, checksum": each is written at once, but a message of ffmpeg's may be around it. */
const line = /\d+, +-?\d+, +(-?\d+), +-?\d+, +(\d+), 0x[\da-f]{8}(?:, [^\n]*)?\n/g;
const header = /#(?:tb 0: (\d+)\/(\d+)|[^\n]*)\n/g;
/** A line of the list is far shorter: what is longer and has no end yet is something else. */
const longestLine = 200;

/** Nothing listed yet; reads the form of ffmpeg's `framecrc`. */
export function createPacketList(): PacketList {
  const queue: ListedPacket[] = [];
  let tick = 1 / 16_000;
  let rest = '';
  let closed = false;
  let wake = () => {};
  const take = (text: string): string => {
    const kept = text
      .replace(header, (_, above?: string, below?: string) => {
        if (above !== undefined) tick = Number(above) / Number(below);
        return '';
      })
      .replace(line, (_, pts: string, bytes: string) => {
        queue.push({ time: Number(pts) * tick, bytes: Number(bytes) });
        return '';
      });
    wake();
    return kept;
  };
  return {
    read(text) {
      const all = rest + text;
      const whole = all.lastIndexOf('\n') + 1;
      rest = all.slice(whole);
      let log = take(all.slice(0, whole));
      if (rest.length > longestLine) {
        log += rest;
        rest = '';
      }
      return log;
    },
    close() {
      closed = true;
      wake();
    },
    async next() {
      while (queue.length === 0 && !closed) await new Promise<void>((resolve) => (wake = resolve));
      return queue.shift();
    },
    putBack(packet) {
      queue.unshift(packet);
    },
  };
}
