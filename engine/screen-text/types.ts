/** One frame in which text is looked for. */
export interface ScreenFrame {
  /** Presentation time in seconds from the start of the file's own timeline. */
  time: number;
  /** The number of its shot; a frame of another number shows another picture. */
  shot: number;
  width: number;
  height: number;
  /** RGB, 8 bits, [height, width, 3], without a letterbox. */
  pixels: Uint8Array;
}

/** A rectangle at any angle, in pixels of the frame. */
export interface Rectangle {
  /** Its centre. */
  x: number;
  y: number;
  /** Along the line of text, and across it. */
  width: number;
  height: number;
  /** Of the line of text, in radians: 0 from left to right, positive where it falls. More than -pi/2, at most pi/2. */
  angle: number;
}

/** Where the detector sees text. */
export interface TextArea {
  rectangle: Rectangle;
  /** The detector's mean probability of text inside, 0 to 1. */
  score: number;
}

/** One line that was read in one frame. */
export interface ReadLine {
  text: string;
  rectangle: Rectangle;
  /** Mean probability of its letters, 0 to 1. */
  confidence: number;
}

/** A line of text while it stood at one place. */
export interface Sighting {
  text: string;
  /** Seconds from the start of the file's own timeline: the first sample that shows it, and the first that doesn't. */
  start: number;
  end: number;
  /** [x1, y1, x2, y2] as shares of the picture, 0 to 1. */
  box: [number, number, number, number];
  /** Of the line, in radians, 0 from left to right. */
  angle: number;
  /** Mean probability of its letters, 0 to 1. */
  confidence: number;
}
