import type { SeenObject } from '../core/frames.ts';
import type { Heading } from '../protocol/headings.ts';

/**
 * How something moves from one sampled frame to the next: in its own diagonals, and the logarithm of its area's growth.
 */
export interface Motion {
  right: number;
  down: number;
  growth: number;
}

/**
 * What moves by so many of its own diagonals from one sampled frame to the next goes that way; whose area grows by so
 * much (its logarithm) comes nearer. By hand: boxes of what stands still waver by a few hundredths.
 */
const movement = { across: 0.08, depth: 0.1 };

/** The next frame's box is the same thing when the middles lie within so many diagonals, … */
const reach = 1;
/** … and neither has more than so many times the other's area. */
const sizeRatio = 2;

/**
 * How the things move that were seen in a stretch, as seen between the frames before and after each; what is seen in
 * one frame alone has no motion.
 * @param seen ascending by temporal patch and frame
 */
export function motionsOf(seen: readonly SeenObject[]): ReadonlyMap<SeenObject, Motion> {
  const frames = new Map<number, SeenObject[]>();
  for (const object of seen) {
    const at = 2 * object.patch + object.frame;
    const there = frames.get(at);
    if (there) there.push(object);
    else frames.set(at, [object]);
  }
  const steps = new Map<SeenObject, Motion[]>();
  for (const [at, objects] of frames)
    for (const object of objects) {
      const next = follower(object, frames.get(at + 1) ?? []);
      if (!next) continue;
      const step = between(object.box, next.box);
      for (const one of [object, next]) steps.set(one, [...(steps.get(one) ?? []), step]);
    }
  return new Map([...steps].map(([object, some]) => [object, mean(some)]));
}

/** Whether a motion goes a way, and mostly that way. */
export function goes({ right, down, growth }: Motion, heading: Heading): boolean {
  const { across, depth } = movement;
  switch (heading) {
    case 'left':
    case 'right':
      return (heading === 'right' ? right : -right) >= across && Math.abs(right) >= Math.abs(down);
    case 'up':
    case 'down':
      return (heading === 'down' ? down : -down) >= across && Math.abs(down) >= Math.abs(right);
    case 'nearer':
      return growth >= depth;
    case 'farther':
      return -growth >= depth;
  }
}

function follower({ label, box }: SeenObject, next: readonly SeenObject[]): SeenObject | undefined {
  let best: SeenObject | undefined;
  let least = reach;
  for (const one of next) {
    if (one.label !== label) continue;
    const ratio = area(one.box) / Math.max(area(box), 1e-9);
    if (ratio > sizeRatio || ratio < 1 / sizeRatio) continue;
    const { right, down } = between(box, one.box);
    const away = Math.hypot(right, down);
    if (away >= least) continue;
    least = away;
    best = one;
  }
  return best;
}

type Box = SeenObject['box'];

function between(a: Box, b: Box): Motion {
  const diagonal = (Math.hypot(a[2] - a[0], a[3] - a[1]) + Math.hypot(b[2] - b[0], b[3] - b[1])) / 2 || 1;
  return {
    right: (b[0] + b[2] - a[0] - a[2]) / 2 / diagonal,
    down: (b[1] + b[3] - a[1] - a[3]) / 2 / diagonal,
    growth: Math.log(Math.max(area(b), 1e-9) / Math.max(area(a), 1e-9)),
  };
}

function area([x1, y1, x2, y2]: Box): number {
  return Math.max(0, x2 - x1) * Math.max(0, y2 - y1);
}

function mean(motions: readonly Motion[]): Motion {
  const of = (key: keyof Motion) => motions.reduce((sum, one) => sum + one[key], 0) / motions.length;
  return { right: of('right'), down: of('down'), growth: of('growth') };
}
