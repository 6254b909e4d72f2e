import { Random } from '../random.ts';
import type { BackgroundName, Light, Scene } from '../types.ts';
import { kitchen, livingRoom, study, theatre, workshop } from './indoors.ts';
import { countryside, desert, forest, garden, hilltop, jungle, meadow, pond, savanna, snow, space } from './nature.ts';
import { blank, type Backdrop, type Painter } from './scenery.ts';
import { card, openSky, park, racetrack, railway, skyline, street } from './town.ts';
import { beach, sea, underwater } from './water.ts';

const painters: Record<BackgroundName, Painter> = {
  card,
  meadow,
  countryside,
  savanna,
  desert,
  forest,
  jungle,
  pond,
  garden,
  park,
  street,
  railway,
  racetrack,
  skyline,
  sky: openSky,
  kitchen,
  'living-room': livingRoom,
  study,
  workshop,
  stage: theatre,
  sea,
  underwater,
  beach,
  snow,
  hilltop,
  space,
};

/** Paints a background of 720 lines and the given width. */
export function paintBackdrop(name: BackgroundName, light: Light, width: number, random: Random): Backdrop {
  const { canvas, context } = blank(width, 720);
  return { canvas, ...painters[name]({ canvas, context, width, height: 720, light, random }) };
}

/** Heights of the places of a background. */
export function placeHeights({ background, light }: Pick<Scene, 'background' | 'light'>): Backdrop['places'] {
  return paintBackdrop(background, light, 8, new Random(1)).places;
}
