import type { Random } from './random.ts';
import type { Actor } from './types.ts';

/** Size of the picture that positions refer to. */
export const stage = { width: 1280, height: 720 };

/** A point of a path: the object's centre at a time. */
export interface Key {
  /** Seconds from the scene's start. */
  at: number;
  x: number;
  y: number;
}

/** How an object moves across the picture: from key to key, with a swing on top. */
export interface Path {
  keys: readonly Key[];
  /** Smooth starts and stops between keys, or an even pace. */
  ease: boolean;
  /** Pixels and seconds of a swing around the path; "hop" bounces upwards only. */
  swing: { x: number; y: number; period: number; hop: boolean };
  /** Seconds at which it fades in; undefined: it is there from the start. */
  fadeInAt?: number;
}

/** Length of a fade-in, in seconds. */
export const fadeSec = 0.6;

/** What a path needs to know of its scene. */
export interface Setting {
  durationSec: number;
  /** Pixels that the background moves to the right per second; 0 for a still camera. */
  panSpeed: number;
  /** Height at which the object's centre belongs. */
  y: number;
}

/** Works out how an actor moves through its scene. */
export function choreograph(actor: Actor, setting: Setting, random: Random): Path {
  const { width } = stage;
  const { durationSec: end, y } = setting;
  const half = actor.size / 2;
  const x = actor.x * width;
  const left = -half - 10;
  const right = width + half + 10;
  // The share of the scene that passes before it comes and after it has gone.
  const comes = end * random.between(0.12, 0.24);
  const goes = end * random.between(0.78, 0.9);
  const slide = Math.min(1.1, end / 8);
  const from = actor.x < 0.5 ? left : right;
  const still = { x: 0, y: 0, period: 1, hop: false };
  const bob = { x: 0, y: 5, period: random.between(1.6, 2.4), hop: false };
  const path = (keys: Key[], ease = true, swing: Path['swing'] = bob): Path => ({ keys, ease, swing });
  const at = (time: number, px = x, py = y): Key => ({ at: time, x: px, y: py });
  switch (actor.motion) {
    case 'stand':
      return path([at(0)], true, bob);
    case 'enter':
      return path([at(comes, from), at(comes + slide)]);
    case 'leave':
      return path([at(goes - slide), at(goes, from)]);
    case 'visit':
      return path([at(comes, from), at(comes + slide), at(goes - slide), at(goes, from)]);
    case 'cross':
      return path([at(comes, right), at(goes, left)], false);
    case 'hop':
      return path([at(comes, right), at(goes, left)], false, { x: 0, y: 60, period: 0.8, hop: true });
    case 'track':
      return path([at(0, x + 90), at(end, x - 90)], true, { ...bob, y: 3, period: 0.7 });
    case 'panned': {
      // Stands in the landscape, in the middle of the picture when half of the scene is over.
      const shift = (setting.panSpeed * end) / 2;
      return path([at(0, x - shift), at(end, x + shift)], false, still);
    }
    case 'hover':
      return path([at(comes, from, y - 40), at(comes + 2 * slide)], true, { x: 55, y: 22, period: 4.6, hop: false });
    case 'drop':
      return path([at(comes, x, -half - 10), at(comes + slide * 0.8)], true, still);
    case 'rise':
      return path([at(0, x, y + 60), at(comes, x, y + 60), at(goes, x, -half - 10)], true, { ...bob, y: 3 });
    case 'surface':
      return path([at(comes, x, stage.height + half), at(comes + slide), at(goes - slide), at(goes, x, stage.height + half)]);
    case 'pop':
      return { ...path([at(0)], true, still), fadeInAt: comes };
  }
}

/** Where the centre of the object is at a time. */
export function positionAt(path: Path, time: number): { x: number; y: number } {
  const { keys, swing } = path;
  const next = keys.findIndex((key) => key.at > time);
  const to = keys[next === -1 ? keys.length - 1 : next];
  const from = keys[next === -1 ? keys.length - 1 : Math.max(0, next - 1)];
  const span = to.at - from.at;
  const share = span > 0 ? Math.min(1, Math.max(0, (time - from.at) / span)) : 0;
  const eased = path.ease ? share * share * (3 - 2 * share) : share;
  const phase = Math.sin((2 * Math.PI * time) / swing.period);
  return {
    x: from.x + (to.x - from.x) * eased + swing.x * phase,
    y: from.y + (to.y - from.y) * eased + (swing.hop ? -swing.y * Math.abs(phase) : swing.y * phase),
  };
}

/** The same as {@link positionAt} in ffmpeg's expression language, as a function of `t`. */
export function pathExpressions(path: Path): { x: string; y: string } {
  const { swing } = path;
  const phase = `sin(2*PI*t/${number(swing.period)})`;
  const y = swing.hop ? `-${number(swing.y)}*abs(${phase})` : `+${number(swing.y)}*${phase}`;
  return {
    x: `(${legs(path, 'x')})+${number(swing.x)}*${phase}`,
    y: `(${legs(path, 'y')})${y}`,
  };
}

function legs(path: Path, axis: 'x' | 'y'): string {
  const { keys } = path;
  let expression = number(keys.at(-1)![axis]);
  for (let index = keys.length - 2; index >= 0; index--) {
    const [from, to] = [keys[index], keys[index + 1]];
    const share = `((t-${number(from.at)})/${number(to.at - from.at)})`;
    const eased = path.ease ? `(${share}*${share}*(3-2*${share}))` : share;
    const leg = `${number(from[axis])}+(${number(to[axis] - from[axis])})*${eased}`;
    expression = `if(lt(t,${number(to.at)}),${leg},${expression})`;
  }
  return keys.length > 1 ? `if(lt(t,${number(keys[0].at)}),${number(keys[0][axis])},${expression})` : expression;
}

function number(value: number): string {
  return value.toFixed(4);
}

/**
 * When at least half of an object is on the screen: the first such stretch, in frames from the scene's start.
 * @returns undefined when that never happens.
 */
export function visibleFrames(
  path: Path,
  size: number,
  frames: number,
  fps: number,
): { first: number; end: number } | undefined {
  let first = -1;
  for (let frame = 0; frame <= frames; frame++) {
    const seen = frame < frames && shareVisible(path, size, frame / fps) >= 0.5;
    if (seen && first < 0) first = frame;
    if (!seen && first >= 0) return { first, end: frame };
  }
  return undefined;
}

function shareVisible(path: Path, size: number, time: number): number {
  const { x, y } = positionAt(path, time);
  const overlap = (centre: number, limit: number) =>
    Math.max(0, Math.min(limit, centre + size / 2) - Math.max(0, centre - size / 2)) / size;
  const faded =
    path.fadeInAt === undefined ? 1 : Math.min(1, Math.max(0, (time - path.fadeInAt) / fadeSec));
  return overlap(x, stage.width) * overlap(y, stage.height) * faded;
}
