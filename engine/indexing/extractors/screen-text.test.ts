import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createCanvas } from '@napi-rs/canvas';
import { madeFrameEncoder, madeModel } from '../../../tests/fixtures/footage.ts';
import { temporaryFolder } from '../../../tests/fixtures/library.ts';
import { textQuery } from '../../language/text-match.ts';
import { openStore } from '../../library/index.ts';
import * as media from '../../media/index.ts';
import { indexVideos } from '../index.ts';
import { screenText } from './screen-text.ts';

const weights = join(import.meta.dirname, '../../../models/screen-text');

/** A film of slides, so many seconds each. */
async function filmOf(path: string, slides: readonly string[], seconds: number): Promise<void> {
  const folder = join(path, '..');
  const names = slides.map((text, index) => {
    const canvas = createCanvas(960, 540);
    const context = canvas.getContext('2d');
    context.fillStyle = index % 2 === 0 ? 'white' : '#203040';
    context.fillRect(0, 0, 960, 540);
    context.fillStyle = index % 2 === 0 ? 'black' : 'white';
    context.font = '40px sans-serif';
    context.fillText(text, 80, 200);
    const name = join(folder, `slide${index}.png`);
    writeFileSync(name, canvas.toBuffer('image/png'));
    return name;
  });
  const { ffmpeg } = await media.findMediaTools();
  const inputs = names.flatMap((name) => ['-loop', '1', '-t', String(seconds), '-r', '5', '-i', name]);
  const joined = `${names.map((_, index) => `[${index}:v]`).join('')}concat=n=${names.length}`;
  const made = spawnSync(ffmpeg, [
    ...['-v', 'error', ...inputs, '-filter_complex', joined],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', path],
  ]);
  assert.equal(made.status, 0, String(made.stderr));
}

test('what stands on slides is read in the same decode, with its times, and found', async (t) => {
  const [library, films] = [temporaryFolder(t), temporaryFolder(t)];
  const store = openStore(library);
  t.after(() => store.close());
  const path = join(films, 'lecture.mp4');
  await filmOf(path, ['The budget of Photosynthesis', 'Chlorophyll absorbs light'], 6);
  let decodes = 0;
  const counting: typeof media.sampleFrames = (...given) => {
    decodes++;
    return media.sampleFrames(...given);
  };
  const deps = {
    store,
    media: { ...media, sampleFrames: counting },
    model: madeModel(madeFrameEncoder()),
    extractors: [screenText(weights)],
  };
  const { videos } = await indexVideos(deps, [path]);
  assert.deepEqual([videos[0].status, videos[0].problems, decodes], ['indexed', undefined, 1]);
  const lines = store.lines(videos[0].id!, ['screen-text']);
  assert.deepEqual(
    lines.map(({ kind, text }) => [kind, text]),
    [
      ['on-screen', 'The budget of Photosynthesis'],
      ['on-screen', 'Chlorophyll absorbs light'],
    ],
  );
  assert.ok(
    Math.abs(lines[0].start) <= 1 && Math.abs(lines[0].end - 6) <= 1,
    `${lines[0].start} to ${lines[0].end}`,
  );
  assert.ok(Math.abs(lines[1].start - 6) <= 1 && Math.abs(lines[1].end - 12) <= 1);
  const box = lines[0].extra!.box as number[];
  assert.ok(box[0] > 0.05 && box[0] < 0.12 && box[3] < 0.45, String(box));
  const [hit] = store.textHits(textQuery('photosynthesis'), 5);
  assert.deepEqual([hit.source, hit.videoId], ['screen-text', videos[0].id]);
  assert.deepEqual((await indexVideos(deps, [path])).videos[0].status, 'unchanged');
  assert.equal(decodes, 1);
});
