import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Canvas } from '@napi-rs/canvas';
import { paintBackdrop } from './backgrounds/index.ts';
import { blank, type Layer } from './backgrounds/scenery.ts';
import { fadeSec, pathExpressions, stage } from './choreography.ts';
import { drawIcon } from './icons.ts';
import { writeTitle } from './lettering.ts';
import { backgroundWidth, filmFps, type PlannedActor, type PlannedScene } from './plan.ts';
import { Random } from './random.ts';
import type { Light } from './types.ts';

/** Room around an object for its shadow. */
const MARGIN = 24;
const ZOOM = 0.3;

/** A still picture and how ffmpeg lays it over the scene. */
interface Overlay {
  canvas: Canvas;
  x: string;
  y: string;
  fadeInAt?: number;
}

/**
 * Paints the still layers of a scene into a folder and returns ffmpeg's arguments for filming it: the camera over the
 * background, the objects on their paths, exactly as many frames as planned.
 * @param name names the files; the scene becomes `name.mp4`, relative to the folder.
 */
export async function prepareScene(planned: PlannedScene, folder: string, name: string): Promise<string[]> {
  const width = backgroundWidth(planned);
  const backdrop = paintBackdrop(planned.scene.background, planned.scene.light, width, new Random(planned.seed));
  if (planned.scene.title) paintTitle(backdrop.canvas, planned.scene.title);
  const overlays: Overlay[] = [];
  if (backdrop.drift) overlays.push(glide(backdrop.drift, planned.panSpeed * 0.4));
  for (const actor of planned.actors) overlays.push(await actorOverlay(actor, planned.scene.light));
  if (backdrop.front) overlays.push(glide(backdrop.front, planned.panSpeed));
  const layers = [backdrop.canvas, ...overlays.map(({ canvas }) => canvas)];
  const inputs: string[] = [];
  for (const [index, canvas] of layers.entries()) {
    const file = `${name}-${index}.rgba`;
    await writeFile(path.join(folder, file), straightPixels(canvas));
    inputs.push('-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', `${canvas.width}x${canvas.height}`);
    inputs.push('-r', String(filmFps), '-i', file);
  }
  return [
    ...['-v', 'error', '-nostdin', '-y', '-filter_complex_threads', '1', ...inputs],
    ...['-filter_complex', filterGraph(planned, overlays), '-map', '[film]', '-frames:v', String(planned.frames)],
    ...encoder,
    `${name}.mp4`,
  ];
}

// No B-frames and a fixed clock, so that the scenes can be joined without a gap and without encoding again.
const encoder = [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-bf', '0', '-g', '100', '-threads', '1'],
  ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
  ...['-video_track_timescale', '12800'],
];

function filterGraph({ scene, frames, panSpeed }: PlannedScene, overlays: readonly Overlay[]): string {
  const colour = 'scale=out_color_matrix=bt709:out_range=tv';
  const stand = `loop=loop=-1:size=1:start=0,setpts=N/${filmFps}/TB`;
  const chains = [
    `[0:v]${colour},format=yuv420p,${stand},crop=${stage.width}:${stage.height}:x='iw-${stage.width}-${panSpeed}*t':y=0[s0]`,
  ];
  overlays.forEach(({ x, y, fadeInAt }, index) => {
    const fade = fadeInAt === undefined ? '' : `,fade=t=in:st=${fadeInAt.toFixed(3)}:d=${fadeSec}:alpha=1`;
    chains.push(`[${index + 1}:v]${colour},format=yuva420p,${stand}${fade}[o${index}]`);
    chains.push(`[s${index}][o${index}]overlay=x='${x}':y='${y}':eval=frame[s${index + 1}]`);
  });
  const filmed = `[s${overlays.length}]`;
  if (!scene.camera.startsWith('zoom')) chains.push(`${filmed}null[film]`);
  else chains.push(...zoom(filmed, scene.camera === 'zoom-in', frames / filmFps));
  return chains.join(';');
}

/** Enlarges the picture from its middle, more and more or less and less. */
function zoom(filmed: string, inwards: boolean, durationSec: number): string[] {
  const share = `${ZOOM}*t/${durationSec.toFixed(3)}`;
  const factor = inwards ? `(1+${share})` : `(1+${ZOOM}-${share})`;
  const size = (length: number) => `2*trunc(${length}*${factor}/2)`;
  const edge = (length: number) => `-2*trunc(${length}*(${factor}-1)/4)`;
  // The crop filter fixes its limits at the first frame; an overlay takes every frame at its own size and place.
  return [
    `${filmed}split=2[base][close]`,
    `[close]scale=w='${size(stage.width)}':h='${size(stage.height)}':eval=frame:flags=bilinear[closer]`,
    `[base][closer]overlay=x='${edge(stage.width)}':y='${edge(stage.height)}':eval=frame[film]`,
  ];
}

function glide(layer: Layer, cameraSpeed: number): Overlay {
  // A panning camera moves to the left, so that the landscape moves to the right; the layer starts further left.
  const start = Math.min(0, stage.width - layer.canvas.width);
  const x = cameraSpeed > 0 ? `${start}+${cameraSpeed.toFixed(3)}*t` : `-${layer.speed.toFixed(3)}*t`;
  return { canvas: layer.canvas, x, y: String(layer.y) };
}

async function actorOverlay({ actor, icon, mirrored, path: motion }: PlannedActor, light: Light): Promise<Overlay> {
  const { size, style, place } = actor;
  const standing = ['ground', 'floor', 'road', 'table'].includes(place) && !motion.swing.hop;
  const side = size + 2 * MARGIN;
  const layer = blank(side, side);
  if (standing) {
    layer.context.fillStyle = '#00000038';
    layer.context.beginPath();
    layer.context.ellipse(side / 2, side - MARGIN - 4, size * 0.38, 15, 0, 0, 2 * Math.PI);
    layer.context.fill();
  }
  const drawing = await drawIcon(style, icon, size, mirrored);
  const tint = { day: '', sunset: '#ff8a4a26', night: '#0a1a5a48' }[light];
  if (tint && place !== 'floor') {
    const context = drawing.getContext('2d');
    context.resetTransform();
    context.globalCompositeOperation = 'source-atop';
    context.fillStyle = tint;
    context.fillRect(0, 0, size, size);
  }
  layer.context.drawImage(drawing, MARGIN, MARGIN + (standing ? emptyRowsBelow(drawing) : 0));
  const centre = pathExpressions(motion);
  const overlay = { canvas: layer.canvas, x: `${centre.x}-${side / 2}`, y: `${centre.y}-${side / 2}` };
  return motion.fadeInAt === undefined ? overlay : { ...overlay, fadeInAt: motion.fadeInAt };
}

/** Rows under a drawing in which there is nothing, so that it can be set down on the ground. */
function emptyRowsBelow(drawing: Canvas): number {
  const { width, height } = drawing;
  const pixels = straightPixels(drawing);
  for (let y = height - 1; y > height / 2; y--)
    for (let x = 0; x < width; x++) if (pixels[(y * width + x) * 4 + 3] > 128) return height - 1 - y;
  return 0;
}

function paintTitle(canvas: Canvas, words: string): void {
  const context = canvas.getContext('2d');
  context.strokeStyle = '#fff8e7';
  writeTitle(context, words, { x: canvas.width / 2, y: canvas.height / 2 }, 96);
}

/** A canvas's pixels as RGBA with straight (not premultiplied) alpha. */
function straightPixels(canvas: Canvas): Uint8Array {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
