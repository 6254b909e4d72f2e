/** The basic colour terms of English (Berlin & Kay, "Basic Color Terms", 1969). Libraries store their order: never change it. */
export const colours = [
  'black',
  'white',
  'grey',
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'purple',
  'pink',
  'brown',
] as const;

/** One of the basic colours. */
export type Colour = (typeof colours)[number];

/** A colour's share takes four bits. */
const steps = 15;

/**
 * How much of something has each colour, in one number (44 bits, exact in a double). 0 means that nobody measured.
 * @param shares by {@link colours}, summing to 1 [11]
 */
export function packShares(shares: ArrayLike<number>): number {
  let packed = 0;
  for (let i = colours.length - 1; i >= 0; i--) packed = packed * 16 + Math.round(shares[i] * steps);
  return packed;
}

/** The share of a colour, 0 to 1 in steps of a fifteenth. */
export function shareOf(packed: number, colour: Colour): number {
  return (Math.floor(packed / 16 ** colours.indexOf(colour)) % 16) / steps;
}
