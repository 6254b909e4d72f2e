import { colours, type Colour } from '../../engine/protocol/colours.ts';

/** A colour with what people call it. */
export interface Named {
  name: string;
  /** The basic term that the name ends in. */
  colour: Colour;
  rgb: readonly [number, number, number];
}

/** How the colours of one name did. */
export interface Tally {
  colour: Colour;
  right: number;
  of: number;
  /** "coral pink: red" */
  wrong: string[];
}

/** A survey's colours whose names end in a basic term and hold no second one, nor a "greenish". */
export function named(text: string): Named[] {
  return text.split('\n').flatMap((line): Named[] => {
    const [, name, hex] = /^(.+?)\s+#([0-9a-f]{6})\b/iu.exec(line) ?? [];
    const words = name?.toLowerCase().replaceAll('gray', 'grey').split(/\s+/u) ?? [];
    const last = words.pop();
    const colour = colours.find((one) => one === last);
    const plain = words.every((word) => !colours.includes(word as Colour) && !/(?:ish|y)$/u.test(word));
    if (!colour || !plain) return [];
    const channel = (at: number) => parseInt(hex.slice(at, at + 2), 16);
    return [{ name, colour, rgb: [channel(0), channel(2), channel(4)] }];
  });
}

/** How many have their name, by name. */
export function tally(
  rows: readonly Named[],
  nameOf: (red: number, green: number, blue: number) => Colour,
): Tally[] {
  return colours.map((colour) => {
    const own = rows.filter((row) => row.colour === colour);
    const others = own.flatMap(({ name, rgb }) => {
      const called = nameOf(...rgb);
      return called === colour ? [] : [`${name}: ${called}`];
    });
    return { colour, right: own.length - others.length, of: own.length, wrong: others };
  });
}
