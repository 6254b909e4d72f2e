/** The time of day of a scene. */
export type Light = 'day' | 'sunset' | 'night';

/** Levels of a background at which things can stand or pass. */
export type Place = 'ground' | 'road' | 'water' | 'floor' | 'table' | 'sky';

/** The places of the film. */
export type BackgroundName =
  | 'card'
  | 'meadow'
  | 'countryside'
  | 'savanna'
  | 'desert'
  | 'forest'
  | 'jungle'
  | 'pond'
  | 'garden'
  | 'park'
  | 'street'
  | 'railway'
  | 'racetrack'
  | 'skyline'
  | 'sky'
  | 'kitchen'
  | 'living-room'
  | 'study'
  | 'workshop'
  | 'stage'
  | 'sea'
  | 'underwater'
  | 'beach'
  | 'snow'
  | 'hilltop'
  | 'space';

/** How an object behaves during its scene. See choreography.ts. */
export type MotionKind =
  | 'stand'
  | 'enter'
  | 'leave'
  | 'visit'
  | 'cross'
  | 'hop'
  | 'track'
  | 'panned'
  | 'hover'
  | 'drop'
  | 'rise'
  | 'surface'
  | 'pop';

/** What the camera does in a scene. */
export type CameraMove = 'still' | 'pan' | 'zoom-in' | 'zoom-out';

/** The two drawing styles, named like their icon packages. */
export type Style = 'noto' | 'fluent-emoji-flat';

/** An object in a scene, before anything is timed. */
export interface Actor {
  /** A name in objects.json. */
  name: string;
  style: Style;
  motion: MotionKind;
  place: Place;
  /** Height in pixels of the 720-line picture. */
  size: number;
  /** Where it stands or passes, 0 (left) to 1 (right). */
  x: number;
  /** Set when its picture looks to the right; most look to the left. */
  looksRight?: boolean;
}

/** One scene of the film, before it is timed. */
export interface Scene {
  background: BackgroundName;
  light: Light;
  camera: CameraMove;
  actors: readonly Actor[];
  /** Words on the screen, for title cards. */
  title?: string;
}
