import { areaOf, boxOverlap, type Box } from '../core/boxes.ts';
import { colours, shareOf } from '../protocol/colours.ts';

/** Something of the wanted kind, seen in one frame. */
export interface Sighting {
  /** Seconds. */
  time: number;
  /** Number of the shot that the frame belongs to. */
  shot: number;
  box: Box;
  /** The detector's own confidence. */
  score: number;
  /** How much of it has each colour, packed; 0 where nobody measured. */
  colours?: number;
}

/** One thing, followed over time. Its sightings are in time order, at most one a frame. */
export interface Track {
  sightings: Sighting[];
}

/** How things are followed. */
export interface TrackingOptions {
  /** Seconds that a thing may be out of sight within its shot (hidden, or missed by the detector). */
  bridge?: number;
  /** The same for a thing that was last seen at the picture's edge: it has probably left. */
  edgeBridge?: number;
  /** Seconds after which a view that was cut away from may come back with the same thing in it. */
  returns?: number;
  /** A sighting this sure may begin a track, and every track must have one. */
  strong?: number;
  /** A sighting this sure may go on with a track. */
  weak?: number;
  /** Tracks of fewer sightings are flickers. */
  least?: number;
  /** Whether two shots show the same view. Without it no track outlives its shot. */
  sameView?: (shot: number, other: number) => boolean;
}

const defaults: Required<Omit<TrackingOptions, 'sameView'>> = {
  bridge: 4,
  edgeBridge: 1.5,
  returns: 60,
  strong: 0.33,
  weak: 0.18,
  least: 3,
};

/** A pair may match when the middles lie within so many box diagonals, more the longer nothing was seen. */
const reach = { near: 0.6, perSecond: 0.35, most: 1.4 } as const;
/** … and when neither box has more than so many times the other's area. */
const sizeRatio = 4;
/** A box that comes this near to the picture's edge touches it. */
const edge = 0.02;
/** Two boxes of one frame that overlap more than this are one thing, seen twice. */
const sameThing = 0.55;

/**
 * Follows things over time by where their boxes are, as ByteTrack does: sure sightings are given to tracks first,
 * doubtful ones only go on with tracks that are left, so that a weak frame doesn't end a visit. A track bridges
 * gaps up to a bound; a cut ends it, unless the view comes back.
 * @param sightings of one kind of thing, ascending by time
 * @returns tracks by their beginning
 */
export function track(sightings: readonly Sighting[], options: TrackingOptions = {}): Track[] {
  const how = { ...defaults, ...options };
  const tracks: Track[] = [];
  for (const frame of framesOf(sightings)) {
    const { time, shot } = frame[0];
    const open = tracks.filter((one) => mayGoOn(one, time, shot, how));
    const strong = frame.filter(({ score }) => score >= how.strong);
    const weak = frame.filter(({ score }) => score < how.strong && score >= how.weak);
    const rest = assign(open, distinct(strong), time);
    const left = open.filter((one) => last(one).time < time);
    assign(left, weak, time);
    for (const sighting of rest)
      if (
        !tracks.some((one) => last(one).time === time && boxOverlap(last(one).box, sighting.box) > sameThing)
      )
        tracks.push({ sightings: [sighting] });
  }
  return tracks.filter(({ sightings: own }) => own.length >= how.least);
}

function framesOf(sightings: readonly Sighting[]): Sighting[][] {
  const frames: Sighting[][] = [];
  for (const sighting of sightings) {
    const frame = frames.at(-1);
    if (frame?.[0].time === sighting.time) frame.push(sighting);
    else frames.push([sighting]);
  }
  return frames;
}

function mayGoOn(one: Track, time: number, shot: number, how: typeof defaults & TrackingOptions): boolean {
  const { time: seen, shot: seenIn } = last(one);
  if (shot === seenIn) return time - seen <= (atEdge(last(one).box) ? how.edgeBridge : how.bridge);
  return time - seen <= how.returns && how.sameView?.(seenIn, shot) === true;
}

/** Gives sightings to tracks, the likeliest pairs first. @returns sightings that no track took */
function assign(tracks: readonly Track[], sightings: readonly Sighting[], time: number): Sighting[] {
  const pairs = tracks.flatMap((one) =>
    sightings.flatMap((sighting) => {
      const likeness = likenessOf(one, sighting, time);
      return likeness > 0 ? [{ one, sighting, likeness }] : [];
    }),
  );
  const taken = new Set<Sighting>();
  for (const { one, sighting } of pairs.sort((a, b) => b.likeness - a.likeness)) {
    if (taken.has(sighting) || last(one).time === time) continue;
    one.sightings.push(sighting);
    taken.add(sighting);
  }
  return sightings.filter((sighting) => !taken.has(sighting));
}

/**
 * How well a sighting goes on with a track: overlap and nearness to where it should be by now, and colours; 0 is not at all.
 * What went one way steadily is looked for where it should be: two who pass each other would change places else.
 */
function likenessOf(one: Track, { box, colours }: Sighting, time: number): number {
  const before = last(one);
  const gap = time - before.time;
  const ratio = areaOf(box) / Math.max(areaOf(before.box), 1e-9);
  if (ratio > sizeRatio || ratio < 1 / sizeRatio) return 0;
  const allowed = Math.min(reach.most, reach.near + reach.perSecond * gap);
  const size = Math.max(diagonal(box), diagonal(before.box));
  const expected = moved(one, time);
  const near = (place: Box) => 1 - distance(box, place) / (allowed * size);
  if (Math.max(near(before.box), near(expected)) <= 0) return 0;
  const steady = isSteady(one);
  const [place, trust] = steady ? [expected, steadyTrust] : [before.box, 1];
  const nearest = steady ? near(expected) : Math.max(near(before.box), near(expected));
  const alike = colours ? colourWeight * colourLikeness(colours, before.colours ?? 0) : 0;
  return Math.max(1e-3, trust * nearest + boxOverlap(box, place) + alike);
}

/** How much nearness counts for what went one way steadily, and how much colours count. By hand, on made crossings. */
const steadyTrust = 1.5;
const colourWeight = 0.5;
/** So many sightings tell a way, each step of which may differ from the mean by this share of it. */
const steadySteps = 3;
const steadyWithin = 0.75;

/** Whether it went one way, at much the same speed, over its last sightings. */
function isSteady({ sightings }: Track): boolean {
  const recent = sightings.slice(-1 - steadySteps);
  if (recent.length <= steadySteps) return false;
  const steps = recent.slice(1).map(({ box, time, shot }, i) => {
    const before = recent[i];
    const seconds = time - before.time;
    return shot === before.shot && seconds <= 1.5
      ? { x: (middleOf(box) - middleOf(before.box)) / seconds, size: diagonal(box) }
      : undefined;
  });
  if (steps.includes(undefined)) return false;
  const mean = steps.reduce((sum, step) => sum + step!.x, 0) / steps.length;
  const moves = Math.abs(mean) >= leastSpeed * Math.max(...steps.map((step) => step!.size));
  return moves && steps.every((step) => Math.abs(step!.x - mean) <= steadyWithin * Math.abs(mean));
}

/** What moves by less than this share of its diagonal a second stands. */
const leastSpeed = 0.1;

const middleOf = ([x1, , x2]: Box): number => (x1 + x2) / 2;

/** Share of colours that two sightings have in common, 0 to 1; a half where nobody measured. */
export function colourLikeness(one: number, other: number): number {
  if (one === 0 || other === 0) return 0.5;
  return colours.reduce((sum, colour) => sum + Math.min(shareOf(one, colour), shareOf(other, colour)), 0);
}

/**
 * Where a track comes back at the very edge at which it seemed to leave: there somebody else may have come in.
 * @returns numbers of the sightings with which somebody else may begin
 */
export function turnsAtEdge({ sightings }: Track): number[] {
  const turns: number[] = [];
  let from = 0;
  for (let at = 2; at + 2 < sightings.length; at++) {
    const { box } = sightings[at];
    if (at - from < 2 || !atSide(box)) continue;
    const before = Math.abs(0.5 - middleOf(sightings[Math.max(from, at - 4)].box));
    const here = Math.abs(0.5 - middleOf(box));
    const after = Math.abs(0.5 - middleOf(sightings[Math.min(sightings.length - 1, at + 4)].box));
    const next = Math.abs(0.5 - middleOf(sightings[at + 1].box));
    if (here - before < turned || here - after < turned / 2 || next > here) continue;
    turns.push(at + 1);
    from = at;
  }
  return turns;
}

/** So far it moved outwards before, and half as far inwards afterwards, as a share of the picture's width. */
const turned = 0.04;

function atSide([x1, , x2]: Box): boolean {
  return Math.min(x1, 1 - x2) <= edge;
}

/** Where a track's box should be at a time, if it went on as it last went. */
function moved({ sightings }: Track, time: number): Box {
  const now = sightings.at(-1)!;
  const before = sightings.at(-2);
  if (!before || now.shot !== before.shot || now.time - before.time > 1.5) return now.box;
  const steps = Math.min(2, (time - now.time) / (now.time - before.time));
  return now.box.map((side, i) => side + steps * (side - before.box[i])) as unknown as Box;
}

/** Of sightings of one frame that overlap much, the surest. */
function distinct(sightings: readonly Sighting[]): Sighting[] {
  const kept: Sighting[] = [];
  for (const one of sightings.toSorted((a, b) => b.score - a.score))
    if (kept.every((better) => boxOverlap(better.box, one.box) <= sameThing)) kept.push(one);
  return kept;
}

function last({ sightings }: Track): Sighting {
  return sightings[sightings.length - 1];
}

function diagonal([x1, y1, x2, y2]: Box): number {
  return Math.hypot(x2 - x1, y2 - y1);
}

function atEdge([x1, y1, x2, y2]: Box): boolean {
  return Math.min(x1, y1, 1 - x2, 1 - y2) <= edge;
}

function distance(a: Box, b: Box): number {
  return Math.hypot((a[0] + a[2] - b[0] - b[2]) / 2, (a[1] + a[3] - b[1] - b[3]) / 2);
}
