import type { Block } from '../types.ts';
import { limits } from '../limits.ts';
import { tidy } from '../markup.ts';

/** The G2 set of CEA-708-E (table 12); what is not listed is not assigned. */
const g2: Record<number, string> = {
  0x20: ' ',
  0x21: '\u00a0',
  0x25: '…',
  0x2a: 'Š',
  0x2c: 'Œ',
  0x30: '█',
  0x31: '‘',
  0x32: '’',
  0x33: '“',
  0x34: '”',
  0x35: '•',
  0x39: '™',
  0x3a: 'š',
  0x3c: 'œ',
  0x3d: '℠',
  0x3f: 'Ÿ',
  0x76: '⅛',
  0x77: '⅜',
  0x78: '⅝',
  0x79: '⅞',
};
/** How many bytes follow a C1 command, from 0x80. */
const parameters = [
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0],
  ...[2, 3, 2, 0, 0, 0, 0, 4, 6, 6, 6, 6, 6, 6, 6, 6],
];

interface Window {
  visible: boolean;
  rows: Map<number, string>;
  row: number;
  since: number;
}

/** One service: its windows, and the captions that were shown. Only text and times are kept, not where and how. */
class Service {
  readonly blocks: Block[] = [];
  readonly #windows = new Map<number, Window>();
  #current = 0;

  write(character: string, time: number): void {
    const window = this.#windows.get(this.#current);
    if (!window) return;
    if (window.visible && window.rows.size === 0) window.since = time;
    const line = window.rows.get(window.row) ?? '';
    if (line.length < 200) window.rows.set(window.row, line + character);
  }

  backspace(): void {
    const window = this.#windows.get(this.#current);
    const line = window?.rows.get(window.row);
    if (window && line !== undefined) window.rows.set(window.row, line.slice(0, -1));
  }

  /** A new line: the one above was told, as rolling captions show it again and again. */
  carriageReturn(time: number): void {
    const window = this.#windows.get(this.#current);
    if (!window) return;
    if (window.visible) this.#tell(window, time);
    else window.row++;
  }

  command(code: number, bytes: Uint8Array, time: number): void {
    const [first, second] = bytes;
    if (code <= 0x87) this.#current = code & 7;
    else if (code === 0x88) this.#each(first, (window) => this.#clear(window, time));
    else if (code === 0x89) this.#each(first, (window) => this.#show(window, true, time));
    else if (code === 0x8a) this.#each(first, (window) => this.#show(window, false, time));
    else if (code === 0x8b) this.#each(first, (window) => this.#show(window, !window.visible, time));
    else if (code === 0x8c)
      this.#each(first, (window, number) => {
        this.#show(window, false, time);
        this.#windows.delete(number);
      });
    else if (code === 0x8f) this.finish(time);
    else if (code === 0x92) {
      const window = this.#windows.get(this.#current);
      if (window) window.row = first & 15;
    } else if (code >= 0x98) {
      this.#current = code & 7;
      const visible = (first & 0x20) !== 0;
      const known = this.#windows.get(this.#current);
      if (known) this.#show(known, visible, time);
      else if (second !== undefined)
        this.#windows.set(this.#current, { visible, rows: new Map(), row: 0, since: time });
    }
  }

  clear(time: number): void {
    const window = this.#windows.get(this.#current);
    if (window) this.#clear(window, time);
  }

  finish(time: number): void {
    for (const window of this.#windows.values()) this.#show(window, false, time);
    this.#windows.clear();
  }

  #each(bits: number, does: (window: Window, number: number) => void): void {
    for (const [number, window] of [...this.#windows]) if (bits & (1 << number)) does(window, number);
  }

  #show(window: Window, visible: boolean, time: number): void {
    if (visible === window.visible) return;
    if (visible) window.since = time;
    else this.#tell(window, time);
    window.visible = visible;
  }

  #clear(window: Window, time: number): void {
    if (window.visible) this.#tell(window, time);
    window.rows.clear();
    window.row = 0;
  }

  #tell(window: Window, time: number): void {
    const lines = [...window.rows]
      .sort(([a], [b]) => a - b)
      .map(([, line]) => tidy(line))
      .filter((line) => line !== '');
    window.rows.clear();
    window.row = 0;
    if (lines.length > 0 && this.blocks.length < limits.cues)
      this.blocks.push({ start: Math.min(window.since, time), end: time, lines });
    window.since = time;
  }
}

/** Reads the text of CEA-708 captions (DTVCC) out of its pairs of bytes: packets, service blocks, windows. */
export class Cea708 {
  readonly #services = new Map<number, Service>();
  #packet: number[] = [];
  #length = 0;
  #time = 0;

  /** @param starts whether these bytes begin a packet */
  push(time: number, starts: boolean, first: number, second: number): void {
    this.#time = time;
    if (starts) {
      this.#packet = [];
      const size = first & 0x3f;
      this.#length = size === 0 ? 128 : size * 2;
    }
    if (this.#length === 0) return;
    this.#packet.push(first, second);
    if (this.#packet.length < this.#length) return;
    this.#blocks(Uint8Array.from(this.#packet.slice(1, this.#length)), time);
    this.#length = 0;
  }

  /** What was captioned, by service, in time order. */
  finish(): Block[][] {
    return [...this.#services]
      .sort(([a], [b]) => a - b)
      .map(([, service]) => {
        service.finish(this.#time);
        return service.blocks;
      });
  }

  #blocks(bytes: Uint8Array, time: number): void {
    for (let at = 0; at < bytes.length;) {
      let number = bytes[at] >> 5;
      const size = bytes[at] & 31;
      at++;
      if (number === 7 && size > 0) number = bytes[at++] & 63;
      if (number === 0) return;
      let service = this.#services.get(number);
      if (!service) this.#services.set(number, (service = new Service()));
      readService(service, bytes.subarray(at, at + size), time);
      at += size;
    }
  }
}

function readService(service: Service, bytes: Uint8Array, time: number): void {
  for (let at = 0; at < bytes.length;) {
    const code = bytes[at++];
    if (code === 0x10) at = extendedCode(service, bytes, at, time);
    else if (code === 0x18) {
      // P16: a character of two bytes, which Korean services send in KS X 1001's order.
      service.write(wide(bytes[at], bytes[at + 1]), time);
      at += 2;
    } else if (code < 0x20) {
      if (code === 8) service.backspace();
      else if (code === 0x0c) service.clear(time);
      else if (code === 0x0d) service.carriageReturn(time);
      at += code < 0x10 ? 0 : code < 0x18 ? 1 : 2;
    } else if (code < 0x80) service.write(code === 0x7f ? '♪' : String.fromCharCode(code), time);
    else if (code < 0xa0) {
      const length = parameters[code - 0x80];
      service.command(code, bytes.subarray(at, at + length), time);
      at += length;
    } else service.write(String.fromCharCode(code), time);
  }
}

function extendedCode(service: Service, bytes: Uint8Array, at: number, time: number): number {
  const code = bytes[at] ?? 0;
  if (code < 0x20) return at + 1 + (code >> 3);
  if (code < 0x80) service.write(g2[code] ?? '_', time);
  else if (code < 0xa0) return at + 1 + (code < 0x88 ? 4 : code < 0x90 ? 5 : 1 + (bytes[at + 1] & 31));
  return at + 1;
}

const korean = new TextDecoder('euc-kr');

function wide(first = 0, second = 0): string {
  return first >= 0xa1 && second >= 0xa1
    ? korean.decode(Uint8Array.of(first, second))
    : String.fromCharCode((first << 8) | second);
}
