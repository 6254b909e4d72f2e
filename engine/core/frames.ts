/** One sampled frame: RGB, 8 bits, letterboxed to the frame encoder's input size. */
export interface RgbFrame {
  /** Presentation time in seconds from the start of the file's own timeline. */
  time: number;
  /** [height, width, 3] bytes. */
  pixels: Uint8Array;
}

/** Where the picture lies inside a letterboxed frame, in pixels of that frame. */
export interface Letterbox {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** An object seen in one frame. */
export interface DetectedObject {
  /** One of the detector's 80 class names ("person", "bottle"). */
  label: string;
  /** 0 to 1, the detector's own (uncalibrated) confidence. */
  score: number;
  /** [x1, y1, x2, y2] as shares (0 to 1) of the picture without its letterbox. */
  box: [number, number, number, number];
  /** How much of it has each colour, packed (see engine/protocol/colours.ts); absent or 0 where nobody measured. */
  colours?: number;
}

/** An object that the detector saw in one frame of a temporal patch. */
export interface SeenObject {
  patch: number;
  /** Which of the temporal patch's two frames. */
  frame: 0 | 1;
  label: string;
  /** The detector's own confidence, 0 to 1. */
  score: number;
  /** [x1, y1, x2, y2] as shares of the picture. */
  box: readonly [number, number, number, number];
  /** How much of it has each colour, packed (see engine/protocol/colours.ts); absent where nobody measured. */
  colours?: number;
}

/** A sampled frame of an index: when it is shown and how much it differs from the one before it. */
export interface StoredFrame {
  time: number;
  cutScore: number;
}
