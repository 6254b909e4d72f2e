import type { Block } from '../types.ts';
import { limits } from '../limits.ts';
import { tidy } from '../markup.ts';

/** Characters that differ from ASCII, and the sets behind control codes (CEA-608-E, tables 50 and 5 to 10). */
const basic: Record<number, string> = {
  0x27: '’',
  0x2a: 'á',
  0x5c: 'é',
  0x5e: 'í',
  0x5f: 'ó',
  0x60: 'ú',
  0x7b: 'ç',
  0x7c: '÷',
  0x7d: 'Ñ',
  0x7e: 'ñ',
  0x7f: '█',
};
const special = [...'®°½¿™¢£♪à\u00a0èâêîôû'];
const extended: Record<number, string[]> = {
  0x12: [..."ÁÉÓÚÜü‘¡*'—©℠•“”ÀÂÇÈÊËëÎÏïÔÙùÛ«»"],
  0x13: [...'ÃãÍÌìÒòÕõ{}\\^_|~ÄäÖöß¥¤¦ÅåØø┌┐└┘'],
};
/** The row that a preamble address code names, by its first byte's low bits and its second byte's 0x20. */
const rows = [
  [11, 11],
  [1, 2],
  [3, 4],
  [12, 13],
  [14, 15],
  [5, 6],
  [7, 8],
  [9, 10],
];
const columns = 32;

type Screen = Map<number, string[]>;

/** One caption channel: what is being written, what is shown, and the captions that were. */
class Channel {
  readonly blocks: Block[] = [];
  #mode: 'pop-on' | 'paint-on' | 'roll-up' | 'text' | undefined;
  #hidden: Screen = new Map();
  #shown: Screen = new Map();
  /** Since when what is shown is shown. */
  #since = 0;
  #row = 15;
  #column = 0;

  control(code: number, time: number): void {
    switch (code) {
      case 0x20:
        this.#mode = 'pop-on';
        break;
      case 0x21:
        this.#backspace();
        break;
      case 0x24:
        this.#screen()?.get(this.#row)?.splice(this.#column);
        break;
      case 0x25:
      case 0x26:
      case 0x27:
        if (this.#mode !== 'roll-up') this.#erase(time);
        this.#mode = 'roll-up';
        this.#row = 15;
        this.#column = 0;
        break;
      case 0x29:
        this.#mode = 'paint-on';
        break;
      case 0x2a:
      case 0x2b:
        this.#mode = 'text';
        break;
      case 0x2c:
        this.#erase(time);
        break;
      case 0x2d:
        // Each line of a rolling caption is a caption of its own: those above it were told already.
        if (this.#mode === 'roll-up') {
          this.#erase(time);
          this.#column = 0;
        }
        break;
      case 0x2e:
        this.#hidden = new Map();
        break;
      case 0x2f: {
        const next = this.#hidden;
        this.#erase(time);
        this.#shown = next;
        this.#hidden = new Map();
        this.#since = time;
        this.#mode = 'pop-on';
        break;
      }
    }
  }

  address(row: number, second: number): void {
    if (this.#mode !== 'roll-up') this.#row = row;
    this.#column = second & 0x10 ? ((second >> 1) & 7) * 4 : 0;
  }

  tab(count: number): void {
    this.#column = Math.min(columns - 1, this.#column + count);
  }

  write(character: string, time: number): void {
    const screen = this.#screen();
    if (!screen) return;
    if (screen === this.#shown && screen.size === 0) this.#since = time;
    let line = screen.get(this.#row);
    if (!line) screen.set(this.#row, (line = []));
    while (line.length < this.#column) line.push(' ');
    line[this.#column] = character;
    this.#column = Math.min(columns - 1, this.#column + 1);
  }

  /** An extended character comes behind a plain one that stands for it where it is not known. */
  replace(character: string, time: number): void {
    this.#backspace();
    this.write(character, time);
  }

  finish(time: number): void {
    this.#erase(time);
  }

  #screen(): Screen | undefined {
    if (this.#mode === 'pop-on') return this.#hidden;
    return this.#mode === 'paint-on' || this.#mode === 'roll-up' ? this.#shown : undefined;
  }

  #backspace(): void {
    if (this.#column === 0) return;
    this.#column--;
    this.#screen()?.get(this.#row)?.splice(this.#column, 1, ' ');
  }

  #erase(time: number): void {
    const lines = [...this.#shown]
      .sort(([a], [b]) => a - b)
      .map(([, characters]) => tidy(characters.join('')))
      .filter((line) => line !== '');
    this.#shown = new Map();
    if (lines.length > 0 && time >= this.#since && this.blocks.length < limits.cues)
      this.blocks.push({ start: this.#since, end: time, lines });
  }
}

/**
 * Reads CEA-608 captions (line 21, "EIA-608") out of one field's pairs of bytes: pop-on, paint-on and roll-up captions of
 * both channels. Text mode and the extended data service of field 2 are passed over.
 */
export class Cea608Field {
  readonly #channels = [new Channel(), new Channel()];
  #current = this.#channels[0];
  #last = 0;
  #extendedData = false;
  #time = 0;

  /**
   * @param time seconds
   * @param first with its parity bit, as it is sent
   */
  push(time: number, first: number, second: number): void {
    if (!oddParity(second) || !oddParity(first)) return;
    const [a, b] = [first & 0x7f, second & 0x7f];
    this.#time = time;
    if (a === 0 && b === 0) return;
    if (a >= 0x10 && a <= 0x1f) {
      this.#extendedData = false;
      // Control codes are sent twice, so that one may be lost.
      const pair = (a << 8) | b;
      const repeated = pair === this.#last;
      this.#last = repeated ? 0 : pair;
      if (!repeated) this.#control(a, b);
      return;
    }
    this.#last = 0;
    if (a > 0 && a < 0x10) this.#extendedData = a !== 0x0f;
    if (this.#extendedData || a === 0x0f) return;
    for (const byte of [a, b])
      if (byte >= 0x20) this.#current.write(basic[byte] ?? String.fromCharCode(byte), time);
  }

  /** What was captioned, by channel, in time order. */
  finish(time = this.#time): Block[][] {
    return this.#channels.map((channel) => {
      channel.finish(time);
      return channel.blocks;
    });
  }

  #control(a: number, b: number): void {
    const channel = this.#channels[(a >> 3) & 1];
    this.#current = channel;
    const code = a & 0x17;
    if (b >= 0x40) channel.address(rows[a & 7][(b >> 5) & 1], b);
    else if ((code === 0x14 || code === 0x15) && b >= 0x20 && b <= 0x2f) channel.control(b, this.#time);
    else if (code === 0x17 && b >= 0x21 && b <= 0x23) channel.tab(b - 0x20);
    else if (code === 0x11 && b >= 0x30) channel.write(special[b - 0x30], this.#time);
    else if (code === 0x11 && b >= 0x20) channel.write(' ', this.#time);
    else if ((code === 0x12 || code === 0x13) && b >= 0x20)
      channel.replace(extended[code][b - 0x20] ?? '', this.#time);
  }
}

function oddParity(byte: number): boolean {
  let bits = byte;
  bits ^= bits >> 4;
  bits ^= bits >> 2;
  bits ^= bits >> 1;
  return (bits & 1) === 1;
}
