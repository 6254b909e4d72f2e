import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore, type StoredPatch } from '../../engine/library/index.ts';
import { readManifest } from '../../engine/inference/bundle/manifest.ts';

const patchesEach = 4;
const folders = ['Nordkap 2025', 'Interviews', 'Workshop', 'Family', 'Archive'];

/**
 * A library of so many short videos, indexed with the built-in bundle as far as anybody can tell: made-up features,
 * and files that are there (all of them the same few bytes).
 */
export async function makeLibrary(place: string, count: number, bundle: string): Promise<string> {
  const library = join(place, 'library');
  const { manifest, fingerprint } = await readManifest(bundle);
  const { decoder, eyes, text } = manifest;
  if (!decoder || !eyes || !text) throw new Error('the built-in bundle neither looks nor reads');
  const file = join(place, 'film.mp4');
  mkdirSync(place, { recursive: true });
  writeFileSync(file, 'a film');
  for (const folder of folders) mkdirSync(join(place, folder), { recursive: true });
  const store = openStore(library);
  try {
    for (let number = 0; number < count; number++) {
      const path = join(
        place,
        folders[number % folders.length],
        `clip ${String(number + 1).padStart(5, '0')}.mp4`,
      );
      symlinkSync(file, path);
      const { videoId } = store.saveFile(path, {
        contentHash: number.toString(16).padStart(32, '0'),
        sizeBytes: 6,
        durationSec: patchesEach,
        width: 1920,
        height: 1080,
        frameRate: 25,
        codec: 'h264',
      });
      const run = store.beginPass(videoId, {
        modelId: manifest.id,
        modelFingerprint: fingerprint,
        fps: eyes.framesPerSecond,
        grid: eyes.grid,
        hiddenSize: decoder.hiddenSize,
        embeddingSize: text.embeddingSize,
      });
      const tokens = new Float32Array(eyes.grid[0] * eyes.grid[1] * decoder.hiddenSize);
      run.append(
        Array.from({ length: patchesEach }, (_, at) => patch(number, at, tokens, text.embeddingSize)),
      );
      run.complete();
      run.close();
      if (number % 500 === 0) process.stderr.write(`\rmaking the library: ${number} of ${count}`);
    }
  } finally {
    store.close();
    process.stderr.write('\n');
  }
  return library;
}

function patch(video: number, at: number, tokens: Float32Array, size: number): StoredPatch {
  const embedding = Float32Array.from({ length: size }, (_, n) => Math.sin((video * 7 + at) * (n + 1)));
  const length = Math.hypot(...embedding);
  return {
    start: at,
    end: at + 1,
    frameTimes: [at, at + 0.5],
    cutScores: [0, 0],
    objects: [video % 3 === 0 ? [{ label: 'dog', score: 0.7, box: [0.1, 0.1, 0.5, 0.8] }] : [], []],
    tokens,
    embedding: embedding.map((value) => value / length),
  };
}
