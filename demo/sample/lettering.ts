import { Path2D, type SKRSContext2D } from '@napi-rs/canvas';

/**
 * A plain alphabet of strokes (each letter 4 units wide and 6 high), drawn for this film, so that its titles look the
 * same on machines with other fonts or none.
 */
const strokes: Readonly<Record<string, string>> = {
  A: 'M0 6L2 0L4 6M.8 4L3.2 4',
  B: 'M0 0V6H2.2A1.6 1.6 0 0 0 2.2 2.8H0M2 2.8A1.4 1.4 0 0 0 2 0H0',
  C: 'M3.9 1.2A2.2 2.6 0 0 0 0 3A2.2 2.6 0 0 0 3.9 4.8',
  D: 'M0 0V6H1.4A2.6 3 0 0 0 1.4 0Z',
  E: 'M3.6 0H0V6H3.6M0 3H3',
  F: 'M3.6 0H0V6M0 3H3',
  G: 'M3.9 1.2A2.2 2.6 0 0 0 0 3A2.1 2.8 0 0 0 4 4.6V3.2H2.4',
  H: 'M0 0V6M4 0V6M0 3H4',
  I: 'M2 0V6',
  J: 'M3 0V4.4A1.5 1.6 0 0 1 0 4.4',
  K: 'M0 0V6M3.8 0L0 3.6M1.2 2.6L3.9 6',
  L: 'M0 0V6H3.4',
  M: 'M0 6V0L2 3.4L4 0V6',
  N: 'M0 6V0L4 6V0',
  O: 'M2 0A2.1 3 0 0 0 2 6A2.1 3 0 0 0 2 0Z',
  P: 'M0 6V0H2.2A1.7 1.7 0 0 1 2.2 3.4H0',
  Q: 'M2 0A2.1 3 0 0 0 2 6A2.1 3 0 0 0 2 0ZM2.6 4.4L4.2 6.4',
  R: 'M0 6V0H2.2A1.7 1.7 0 0 1 2.2 3.3H0M2 3.3L3.9 6',
  S: 'M3.7 .9A1.9 1.5 0 1 0 2 3A1.9 1.5 0 1 1 .2 5.1',
  T: 'M0 0H4M2 0V6',
  U: 'M0 0V4A2 2 0 0 0 4 4V0',
  V: 'M0 0L2 6L4 0',
  W: 'M-.3 0L1 6L2 2.4L3 6L4.3 0',
  X: 'M0 0L4 6M4 0L0 6',
  Y: 'M0 0L2 3L4 0M2 3V6',
  Z: 'M0 0H4L0 6H4',
};

const ADVANCE = 5.6;

/** Writes words in capitals, centred on a point. Letters that the alphabet lacks are left blank. */
export function writeTitle(
  context: SKRSContext2D,
  words: string,
  centre: { x: number; y: number },
  height: number,
): void {
  const scale = height / 6;
  const width = (words.length * ADVANCE - (ADVANCE - 4)) * scale;
  context.save();
  context.translate(centre.x - width / 2, centre.y - height / 2);
  context.scale(scale, scale);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.lineWidth = 0.75;
  [...words].forEach((letter, index) => {
    const drawing = strokes[letter];
    if (!drawing) return;
    context.save();
    context.translate(index * ADVANCE, 0);
    context.stroke(new Path2D(drawing));
    context.restore();
  });
  context.restore();
}
