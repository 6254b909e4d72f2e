import type { Light } from '../video-info.ts';

type Rgb = [number, number, number];

/** What a plain screen shows as white, in cd/m² of an HDR picture (ITU-R BT.2408, table 1). */
const whiteNits = 203;
/** What is mapped to a plain screen's brightest, as most HDR pictures are mastered (cd/m²). */
const peakNits = 1000;
/** Below so much of white nothing is compressed, so that colours stay what they are. */
const knee = 0.6;
/** ITU-R BT.1886. */
const screenGamma = 2.4;

/**
 * What a plain (BT.709) screen shall show for a pixel.
 * @param pixel R'G'B' as the file has it, 0 to 1
 * @returns R'G'B' for the screen, 0 to 1
 */
export function toScreen(pixel: Rgb, light: Light): Rgb {
  const linear = primariesTo709(lightOf(pixel, light));
  const strongest = Math.max(...linear, 1e-9);
  // One factor for the three keeps the hue.
  const factor = light === 'wide' ? 1 : compressed(strongest) / strongest;
  return linear.map((value) => Math.min(1, Math.max(0, value * factor)) ** (1 / screenGamma)) as Rgb;
}

/** Light in BT.2020's primaries, 1 for a plain screen's white. */
function lightOf(pixel: Rgb, light: Light): Rgb {
  if (light === 'pq') return pixel.map((value) => pqNits(value) / whiteNits) as Rgb;
  if (light === 'wide') return pixel.map((value) => value ** screenGamma) as Rgb;
  const scene = pixel.map(hlgScene) as Rgb;
  const luminance = 0.2627 * scene[0] + 0.678 * scene[1] + 0.0593 * scene[2];
  // ITU-R BT.2100, table 5: the display's own gamma, here of one of 1,000 cd/m².
  const display = (peakNits * luminance ** 0.2) / whiteNits;
  return scene.map((value) => value * display) as Rgb;
}

/** SMPTE ST 2084: cd/m² of a coded value. */
function pqNits(value: number): number {
  const power = value ** (1 / 78.84375);
  return 10000 * (Math.max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125);
}

/** ARIB STD-B67: scene light, 0 to 1, of a coded value. */
function hlgScene(value: number): number {
  return value <= 0.5 ? value ** 2 / 3 : (Math.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12;
}

function primariesTo709([r, g, b]: Rgb): Rgb {
  // ITU-R BT.2087, the inverse of its conversion from BT.709.
  return [
    1.6605 * r - 0.5876 * g - 0.0728 * b,
    -0.1246 * r + 1.1329 * g - 0.0083 * b,
    -0.0182 * r - 0.1006 * g + 1.1187 * b,
  ];
}

/** A straight line up to the knee, then a curve that reaches 1 at the peak with the same slope at the knee. */
function compressed(value: number): number {
  if (value <= knee) return value;
  const peak = peakNits / whiteNits;
  const a = (-(knee ** 2) * (peak - 1)) / (knee ** 2 - 2 * knee + peak);
  const b = (knee ** 2 - 2 * knee * peak + peak) / (peak - 1);
  return (((b + knee) ** 2 / (b - a)) * (value + a)) / (value + b);
}
