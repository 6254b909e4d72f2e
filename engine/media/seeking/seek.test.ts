import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { cutClip } from '../clip.ts';
import { framesAt } from '../frames-at.ts';
import { sampleFrames } from '../frames.ts';
import { probe } from '../probe.ts';
import { writeStillAt } from '../still-at.ts';
import { streamFootage } from '../stream.ts';
import { ffmpeg, makeCodedVideo, numberIn, readNumber } from '../testing/coded-video.ts';
import { recipes, type Recipe } from '../testing/containers.ts';
import type { VideoInfo } from '../video-info.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-seek-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const frames = 200;
const fps = 25;
const size = { width: 256, height: 144 };
/** Pictures right before and after key frames, in the middle of a group, the first and the last. */
const wanted = [0, 12, 74, 75, 111, 149, 199];

function make({ name, sound, video }: Recipe): string | undefined {
  const file = path.join(folder, name);
  const inputs = sound ? ['-f', 'lavfi', '-i', `sine=sample_rate=48000:duration=${frames / fps}`] : [];
  try {
    makeCodedVideo(file, { frames, fps, inputs, ...video });
    return file;
  } catch (error) {
    // This ffmpeg can't write it.
    if (/Unknown encoder|not found|Invalid argument/.test(String(error))) return undefined;
    throw error;
  }
}

/** Where a picture lies in a frame that was letterboxed (or scaled) to a size. */
async function boxOf(file: string, info: VideoInfo) {
  const { letterbox } = sampleFrames(file, info, { fps: 1, ...size });
  return letterbox;
}

/** What a plain decode from the beginning shows, picture by picture: the truth, found without the code under test. */
function decoded(
  file: string,
  info: VideoInfo,
  { width = 64, height = 36 },
): { time: number; number: number }[] {
  const input = ['-copyts', '-i', `file:${file}`, '-map', `0:${info.streamIndex}`, '-vsync', 'passthrough'];
  const listing = ffmpeg([...input, '-enc_time_base', '-1', '-f', 'framecrc', 'pipe:1']).toString('latin1');
  const tick = /#tb 0: (\d+)\/(\d+)/.exec(listing)!;
  const times = [...listing.matchAll(/^0, +-?\d+, +(-?\d+),/gm)].map(
    ([, pts]) => (Number(pts) * Number(tick[1])) / Number(tick[2]) - info.startSec,
  );
  const gray = ffmpeg([...input, '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1']);
  const pixels = width * height;
  assert.equal(gray.length, times.length * pixels, 'the truth is known');
  return times.map((time, index) => {
    const rgb = new Uint8Array(pixels * 3);
    for (let at = 0; at < pixels; at++) rgb.fill(gray[index * pixels + at], at * 3, at * 3 + 3);
    const number = readNumber({ time, pixels: rgb }, width, { x: 0, y: 0, width, height });
    return { time, number };
  });
}

for (const recipe of recipes)
  test(`${recipe.container}, ${recipe.codec} ${recipe.remark}: all rooms show the picture that is asked for (${recipe.name})`, async (t) => {
    const file = make(recipe);
    if (!file) return t.skip('this ffmpeg can’t write it');
    const info = await probe(file);
    const box = await boxOf(file, info);
    const truth = decoded(file, info, recipe.video);
    const shownAt = (time: number) => (truth.findLast((one) => one.time <= time + 2e-5) ?? truth[0]).number;
    const due = (number: number) => truth[0].time + (number + 0.5) / fps;
    const seen = (pixels: Uint8Array) => readNumber({ time: 0, pixels }, size.width, box);
    const told = wanted.map((number) => shownAt(due(number)));
    // Where pictures have no times of their own, ffmpeg's are some pictures off, from the beginning on.
    const slack = /^(AVI|MXF|VOB|MPEG-PS|ASF)$/.test(recipe.container) ? 3 : 0;
    for (const [index, number] of told.entries())
      assert.ok(Math.abs(number - wanted[index]) <= slack, `${told}`);

    assert.ok(Math.abs(info.durationSec - frames / fps) < 0.3, `it is said to be ${info.durationSec} s long`);
    const one: number[] = [];
    for (const number of wanted) one.push(seen((await framesAt(file, [due(number)], size))[0]));
    // Of H.264 in MXF, ffmpeg tells other times after a seek than from the beginning on.
    const off = recipe.name === 'h264.mxf' ? slack : 0;
    const near = (number: number, expected: number) =>
      Math.abs(number - expected) <= off ? expected : number;
    assert.deepEqual(
      one.map((number, index) => near(number, told[index])),
      told,
      'one picture',
    );

    const times = [70, 75, 76, 90].map(due);
    const several = await framesAt(file, times, size);
    const each = times.map(shownAt);
    assert.deepEqual(
      several.map((pixels, index) => near(seen(pixels), each[index])),
      each,
      'several pictures',
    );

    const indexed = new Set<string>();
    let samples = 0;
    for await (const { time, pixels } of sampleFrames(file, info, { fps: 4, ...size })) {
      if (seen(pixels) !== shownAt(time)) indexed.add(`${seen(pixels)} instead of ${shownAt(time)}`);
      samples++;
    }
    assert.ok(samples >= 31, `${samples} samples`);
    assert.deepEqual([...indexed], [], 'the index');

    const still = path.join(folder, `${recipe.name}.jpg`);
    await writeStillAt(file, due(111), still);
    assert.equal(near(numberIn(still), shownAt(due(111))), shownAt(due(111)), 'the still');

    const { process } = await streamFootage(file, { start: due(111) });
    const film = path.join(folder, `${recipe.name}.stream.mp4`);
    await writeFile(film, await process.child.stdout!.toArray());
    assert.equal(near(numberIn(film), shownAt(due(111))), shownAt(due(111)), 'the stream');

    const exact = path.join(folder, `${recipe.name}.exact.mp4`);
    await cutClip(info, { start: due(111) - 0.5 / fps, end: due(136) - 0.5 / fps }, exact, { exact: true });
    assert.equal(near(numberIn(exact), shownAt(due(111))), shownAt(due(111)), 'the exact clip');
    const length = (await probe(exact)).videoEndSec!;
    assert.ok(Math.abs(length - 1) < 0.045, `the exact clip is ${length} s long`);

    if (recipe.copies === undefined) return;
    const copy = path.join(folder, `${recipe.name}.copy${recipe.copies}`);
    const begin = await cutClip(info, { start: due(170), end: due(180) }, copy);
    const first = numberIn(copy);
    const said = shownAt(begin + 0.5 / fps);
    assert.ok(Math.abs(first - said) <= 1 + slack, `the copy begins with ${first}, not ${said}`);
    assert.ok(first <= 170 && first >= 70, `the copy begins with ${first}`);
  });
