import { createHash } from 'node:crypto';
import { choreograph, stage, visibleFrames, type Path } from './choreography.ts';
import objects from './objects.json' with { type: 'json' };
import { Random } from './random.ts';
import type { Truth } from './truth.ts';
import type { Actor, Place, Scene } from './types.ts';

/** Frames per second of the film. */
export const filmFps = 25;
/** How far a panning camera goes over the background, in pixels per second: whole pixel pairs a frame look smooth. */
const PAN_SPEED = 50;
/** Changed when the way of drawing changes, so that an older film is made anew. */
const DRAWING = 1;

/** A scene with its place in the film. */
export interface PlannedScene {
  scene: Scene;
  firstFrame: number;
  frames: number;
  panSpeed: number;
  /** Seeds the background's drawing. */
  seed: number;
  actors: PlannedActor[];
}

/** An actor with its movement. */
export interface PlannedActor {
  actor: Actor;
  icon: string;
  path: Path;
  mirrored: boolean;
  visible: { first: number; end: number };
}

/** The whole film, timed to the frame. */
export interface Plan {
  seed: number;
  scenes: PlannedScene[];
  frames: number;
  recipe: string;
}

/** Heights of the places in each background (feet; the centre for "sky"), as the painters return them. */
export type PlaceHeights = (scene: Scene) => Partial<Record<Place, number>>;

/**
 * Times a storyboard: lengths of scenes (title cards the shortest) that add up to the film's, movements, and the
 * frames at which each object is seen.
 */
export function planFilm(
  scenes: readonly Scene[],
  options: { seed: number; durationSec: number; heights: PlaceHeights },
): Plan {
  const { seed, durationSec, heights } = options;
  const frames = Math.round(durationSec * filmFps);
  const lengths = shareFrames(scenes, frames, new Random(seed));
  const planned: PlannedScene[] = [];
  let firstFrame = 0;
  scenes.forEach((scene, index) => {
    const random = new Random(seed).fork(index + 1);
    planned.push(planScene(scene, { firstFrame, frames: lengths[index], heights: heights(scene), random }));
    firstFrame += lengths[index];
  });
  const recipe = createHash('sha256')
    .update(JSON.stringify([DRAWING, seed, planned]))
    .digest('hex')
    .slice(0, 16);
  return { seed, scenes: planned, frames, recipe };
}

function shareFrames(scenes: readonly Scene[], frames: number, random: Random): number[] {
  const weights = scenes.map((scene) => (scene.title ? 1.2 : random.between(1.35, 2.7)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let passed = 0;
  let before = 0;
  return weights.map((weight) => {
    passed += weight;
    const end = Math.round((passed / total) * frames);
    const length = end - before;
    before = end;
    return length;
  });
}

function planScene(
  scene: Scene,
  context: { firstFrame: number; frames: number; heights: ReturnType<PlaceHeights>; random: Random },
): PlannedScene {
  const { firstFrame, frames, heights, random } = context;
  const panSpeed = scene.camera === 'pan' ? PAN_SPEED : 0;
  const actors = scene.actors.map((actor) => {
    const height = heights[actor.place];
    if (height === undefined) throw new Error(`${scene.background} has no ${actor.place} for the ${actor.name}`);
    const y = actor.place === 'sky' ? height : height - actor.size / 2;
    const path = choreograph(actor, { durationSec: frames / filmFps, panSpeed, y }, random);
    const visible = visibleFrames(path, actor.size, frames, filmFps);
    if (!visible) throw new Error(`the ${actor.name} is never on the screen`);
    const entersFromLeft = ['enter', 'visit', 'hover'].includes(actor.motion) && actor.x < 0.5;
    const mirrored = entersFromLeft !== (actor.looksRight ?? false);
    return { actor, icon: iconOf(actor), path, mirrored, visible };
  });
  return { scene, firstFrame, frames, panSpeed, seed: Math.floor(random.next() * 2 ** 31), actors };
}

function iconOf(actor: Actor): string {
  const entry = objects.objects.find(({ name, style }) => name === actor.name && style === actor.style);
  if (!entry) throw new Error(`objects.json has no ${actor.name} in the style ${actor.style}`);
  return entry.icon;
}

/** How wide a scene's background has to be for its camera. */
export function backgroundWidth({ panSpeed, frames }: PlannedScene): number {
  return stage.width + 2 * Math.ceil((panSpeed * frames) / filmFps / 2);
}

/** What a plan shows and when. */
export function truthOf(plan: Plan, video: string): Truth {
  const seconds = (frame: number) => frame / filmFps;
  const scenes = plan.scenes.map(({ scene, firstFrame, frames, actors }) => ({
    start: seconds(firstFrame),
    end: seconds(firstFrame + frames),
    background: scene.background,
    light: scene.light,
    camera: scene.camera,
    ...(scene.title ? { title: scene.title } : {}),
    objects: actors.map(({ actor, visible }) => ({
      name: actor.name,
      style: actor.style,
      motion: actor.motion,
      start: seconds(firstFrame + visible.first),
      end: seconds(firstFrame + visible.end),
    })),
  }));
  const moments = new Map<string, { start: number; end: number }[]>();
  for (const { name, start, end } of scenes.flatMap((scene) => scene.objects))
    moments.set(name, [...(moments.get(name) ?? []), { start, end }]);
  return {
    video,
    recipe: plan.recipe,
    seed: plan.seed,
    durationSec: seconds(plan.frames),
    fps: filmFps,
    ...stage,
    scenes,
    events: [...moments].map(([name, list]) => ({ name, moments: list })),
    absent: objects.absent,
  };
}
