import { calibration } from './calibration.ts';
import { goes, motionsOf, type Motion } from '../vision/motion.ts';
import { colours as allColours, shareOf, type Colour } from '../protocol/colours.ts';
import type { SeenObject } from '../core/frames.ts';
import type { Place } from '../language/vocabulary/match.ts';
import type { WantedObject } from '../language/parsed-query.ts';

/** Where the middle of a box must lie, as shares of the picture. */
const places: Record<Place, (x: number, y: number) => boolean> = {
  left: (x) => x < 0.5,
  right: (x) => x > 0.5,
  top: (_, y) => y < 0.5,
  bottom: (_, y) => y > 0.5,
  middle: (x, y) => Math.abs(x - 0.5) < 0.2 && Math.abs(y - 0.5) < 0.3,
};

/**
 * How well something seen is what is wanted, so far as its class, its place, its colours and its motion tell: 0 to 1.
 */
export type Fit = (wanted: WantedObject, object: SeenObject) => number;

/** From this on something seen is told to the user, and followed, as what is wanted. */
export const fitting = 0.5;

/** @param seen what the objects are among, ascending by temporal patch and frame: it tells how they move */
export function fitterOf(seen: readonly SeenObject[]): Fit {
  let motions: ReadonlyMap<SeenObject, Motion> | undefined;
  return (wanted, object) => {
    const fit = fitOfOne(wanted, object);
    if (fit === 0 || !wanted.heading) return fit;
    motions ??= motionsOf(seen);
    const motion = motions.get(object);
    return motion && goes(motion, wanted.heading) ? fit : 0;
  };
}

function fitOfOne(
  { labels, places: wanted = [], colours = [] }: WantedObject,
  { label, box, colours: measured = 0 }: SeenObject,
): number {
  if (!labels.includes(label)) return 0;
  const [x1, y1, x2, y2] = box;
  if (!wanted.every((place) => places[place]((x1 + x2) / 2, (y1 + y2) / 2))) return 0;
  // Nobody measured colours for older indexes.
  if (measured === 0) return colours.length > 0 ? fitting : 1;
  const called = vividIn(measured);
  const asked = called !== undefined && colours.includes(called);
  return Math.min(1, ...colours.map((colour) => colourFit(colour, measured, asked)));
}

/** Colours that roads, shadows and walls have as well. */
const plain: ReadonlySet<Colour> = new Set(['black', 'white', 'grey']);

const vivid = allColours.filter((colour) => !plain.has(colour));

/** Whether a colour is one that things have, rather than what is around them. */
export function isVivid(colour: Colour): boolean {
  return !plain.has(colour);
}

/** The vivid colour that a thing is called by, from its packed shares; undefined where it has none of enough. */
export function vividIn(measured: number): Colour | undefined {
  const most = vivid.reduce((a, b) => (shareOf(measured, b) > shareOf(measured, a) ? b : a));
  return shareOf(measured, most) >= calibration.colour.called ? most : undefined;
}

/**
 * A red car is not white, however bright the road that its box holds: what is vivid enough to be called by is more
 * than that.
 */
function colourFit(colour: Colour, measured: number, calledSo: boolean): number {
  const share = shareOf(measured, colour);
  const called = vividIn(measured);
  if (!isVivid(colour) && called !== undefined && !calledSo && share < 2 * shareOf(measured, called))
    return 0;
  const { least, most } = calibration.colour[isVivid(colour) ? 'vivid' : 'plain'];
  return Math.min(1, Math.max(0, (share - least) / (most - least)));
}
