import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { soundRate, type SoundPiece } from '../core/sound.ts';
import { LongviewError } from '../protocol/errors.ts';
import { probe } from './probe.ts';
import { readSound, type ReadSoundOptions } from './sound.ts';
import { playedSound, soundsByLanguage, type SoundStream } from './sound-streams.ts';
import { findMediaTools } from './tools.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-sound-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const { ffmpeg } = await findMediaTools();

/** A beep of 20 ms at each whole second: sound whose times can be read off. */
const beeps = (seconds: number, rate = 48_000, layout = 'stereo') => {
  const beep = String.raw`if(lt(mod(t\,1)\,0.02)\,0.8*sin(2*PI*1000*t)\,0)`;
  const channels = { mono: 1, stereo: 2, '5.1': 6 }[layout]!;
  return `aevalsrc=exprs=${Array<string>(channels).fill(beep).join('|')}:d=${seconds}:s=${rate}:c=${layout}`;
};
const picture = (seconds: number) => `color=c=gray:s=64x48:r=25:d=${seconds}`;

function make(name: string, args: string[]): string {
  const file = path.join(folder, name);
  const { status, stderr } = spawnSync(ffmpeg, ['-v', 'error', '-nostdin', '-y', ...args, file]);
  assert.equal(status, 0, String(stderr));
  return file;
}

/** A file with a picture of one length and sound of another. */
const film = (name: string, sound: string, seconds: number, output: string[], before: string[] = []) =>
  make(name, [
    ...['-f', 'lavfi', '-i', picture(seconds), ...before, '-f', 'lavfi', '-i', sound],
    ...['-map', '0:v', '-map', '1:a', '-c:v', 'mpeg4', ...output],
  ]);

async function listen(file: string, options: Partial<ReadSoundOptions> = {}) {
  const info = await probe(file);
  const reader = readSound(file, info, { ...options });
  const pieces: SoundPiece[] = [];
  for await (const piece of reader) pieces.push(piece);
  return { info, pieces, reader };
}

/** When the beeps begin, in seconds. */
function onsets(pieces: readonly SoundPiece[]): number[] {
  const found: number[] = [];
  for (const { time, samples } of pieces)
    for (const [n, sample] of samples.entries()) {
      const now = time + n / soundRate;
      if (Math.abs(sample) > 0.1 && now - (found.at(-1) ?? -1) > 0.5) found.push(now);
    }
  return found;
}

function assertTimes(actual: readonly number[], expected: readonly number[], tolerance = 0.005): void {
  assert.equal(actual.length, expected.length, `${actual.map((time) => time.toFixed(3)).join(' ')}`);
  for (const [n, time] of actual.entries())
    assert.ok(Math.abs(time - expected[n]) <= tolerance, `${time} is not ${expected[n]}`);
}

/** Pieces come in order and never overlap. */
function assertOrdered(pieces: readonly SoundPiece[]): void {
  let end = 0;
  for (const { time, samples } of pieces) {
    assert.ok(time >= end - 1e-9, `${time} comes after ${end}`);
    assert.ok(samples.length > 0);
    end = time + samples.length / soundRate;
  }
}

test('sound comes once, mono at 16 kHz, with the times of the film', async () => {
  const { pieces, reader } = await listen(film('plain.mkv', beeps(4), 4, ['-c:a', 'pcm_s16le']));
  assertOrdered(pieces);
  assertTimes(onsets(pieces), [0, 1, 2, 3]);
  assert.ok(Math.abs(reader.outcome!.endSec - 4) < 0.001);
  const samples = pieces.reduce((sum, piece) => sum + piece.samples.length, 0);
  assert.equal(samples, 4 * soundRate);
  assert.equal(reader.outcome!.complaints, '');
});

for (const [name, codec] of [
  ['late.mkv', 'pcm_s16le'],
  ['late.mp4', 'aac'],
  ['late.ts', 'mp2'],
  ['late.mpg', 'mp2'],
] as const)
  test(`a sound track that starts late keeps its distance in ${name}`, async () => {
    const late = film(name, beeps(3), 5, ['-c:a', codec], ['-itsoffset', '1.5']);
    const { pieces } = await listen(late);
    assertTimes(onsets(pieces), [1.5, 2.5, 3.5], 0.03);
  });

test('a picture that starts late does not move the sound', async () => {
  const file = make('picture-late.ts', [
    ...['-itsoffset', '2', '-f', 'lavfi', '-i', picture(3), '-f', 'lavfi', '-i', beeps(5)],
    ...['-map', '0:v', '-map', '1:a', '-c:v', 'mpeg2video', '-c:a', 'mp2'],
  ]);
  assertTimes(onsets((await listen(file)).pieces), [0, 1, 2, 3, 4], 0.03);
});

test('a gap in the sound is a gap in time, and costs nothing', async () => {
  const gap = ['-af', String.raw`aselect=not(between(t\,1.5\,3.5))`, '-c:a', 'pcm_s16le'];
  const { pieces } = await listen(film('gap.mkv', beeps(6), 6, gap));
  assertOrdered(pieces);
  assertTimes(onsets(pieces), [0, 1, 4, 5], 0.03);
  const heard = pieces.reduce((sum, piece) => sum + piece.samples.length, 0) / soundRate;
  assert.ok(heard < 4.2, `${heard} s were read of 4 s`);
  const jump = ['-af', String.raw`asetpts=PTS+if(gte(T\,1.5)\,36000/TB\,0)`, '-c:a', 'pcm_s16le'];
  const far = await listen(film('ten-hours.mkv', beeps(3), 3, jump));
  assertTimes(onsets(far.pieces), [0, 1, 36_002], 0.03);
});

test('sound longer or shorter than the picture is read as far as it goes', async () => {
  const longer = await listen(film('longer.mkv', beeps(5), 2, ['-c:a', 'pcm_s16le']));
  assertTimes(onsets(longer.pieces), [0, 1, 2, 3, 4]);
  const shorter = await listen(film('shorter.mkv', beeps(2), 5, ['-c:a', 'pcm_s16le']));
  assertTimes(onsets(shorter.pieces), [0, 1]);
  assert.ok(shorter.reader.outcome!.endSec < 2.1);
});

test('5.1, 8 kHz mono, 11.025 kHz and 96 kHz become the same', async () => {
  const wide = await listen(film('wide.mkv', beeps(3, 48_000, '5.1'), 3, ['-c:a', 'ac3']));
  assert.equal(wide.info.sounds[0].channels, 6);
  assertTimes(onsets(wide.pieces), [0, 1, 2], 0.03);
  for (const rate of [8000, 11_025, 96_000]) {
    const { pieces } = await listen(film(`${rate}.mkv`, beeps(3, rate, 'mono'), 3, ['-c:a', 'pcm_s16le']));
    assertTimes(onsets(pieces), [0, 1, 2]);
    const samples = pieces.reduce((sum, piece) => sum + piece.samples.length, 0);
    assert.ok(Math.abs(samples - 3 * soundRate) < 32, `${samples} samples at ${rate} Hz`);
  }
});

test('damaged packets leave the rest at its true time', async () => {
  const file = film('damaged.mkv', beeps(8), 8, ['-c:a', 'mp2', '-b:a', '64k']);
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  for (let n = 0; n < 4000; n++) bytes[middle + n] = (n * 73 + 41) % 256;
  writeFileSync(file, bytes);
  const { pieces } = await listen(file);
  assertOrdered(pieces);
  const found = onsets(pieces);
  const near = (time: number) => found.some((onset) => Math.abs(onset - time) < 0.03);
  assert.ok(near(0) && near(1) && near(6) && near(7), found.join(' '));
});

test('a file that was cut off gives what it has', async () => {
  const file = film('cut.mkv', beeps(8), 8, ['-c:a', 'pcm_s16le']);
  truncateSync(file, Math.floor(statSync(file).size / 2));
  const { pieces, reader } = await listen(file);
  assert.ok(onsets(pieces).length >= 2);
  assert.ok(reader.outcome!.endSec < 7);
});

test('sound that can not be decoded is told', async () => {
  const file = film('unknown.mkv', beeps(2), 2, ['-c:a', 'pcm_s16le']);
  const bytes = readFileSync(file);
  bytes.write('A_NOBODY/NOWS', bytes.indexOf('A_PCM/INT/LIT'), 'latin1');
  writeFileSync(file, bytes);
  await assert.rejects(listen(file), (error) => {
    assert.ok(error instanceof LongviewError, String(error));
    assert.equal(error.code, 'ffmpeg-failed');
    assert.match(error.message, /sound of .*unknown\.mkv/);
    return true;
  });
});

for (const name of ['from.mkv', 'from.mp4', 'from.ts', 'from.avi'])
  test(`reading from a time on gives the same sound as reading all (${name})`, async () => {
    const file = film(name, beeps(9), 9, ['-c:a', name === 'from.mp4' ? 'aac' : 'mp2']);
    const { pieces } = await listen(file, { from: 4.5 });
    assert.ok(pieces[0].time >= 4.5 - 1e-9 && pieces[0].time < 4.55, `${pieces[0].time}`);
    const whole = onsets((await listen(file)).pieces).filter((time) => time > 4.5);
    assertTimes(onsets(pieces), whole, 0.001);
  });

test('the track that is played is the default one; of each language one can be had', async () => {
  const file = make('languages.mkv', [
    ...['-f', 'lavfi', '-i', picture(1), '-f', 'lavfi', '-i', beeps(1)],
    ...['-map', '0:v', '-map', '1:a', '-map', '1:a', '-map', '1:a', '-map', '1:a', '-c:v', 'mpeg4'],
    ...['-c:a', 'pcm_s16le', '-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=chi'],
    ...['-metadata:s:a:2', 'language=eng', '-metadata:s:a:2', 'title=5.1', '-metadata:s:a:3', 'language=ger'],
    ...['-disposition:a:0', '0', '-disposition:a:1', '0', '-disposition:a:2', 'default'],
    ...['-disposition:a:3', 'comment'],
  ]);
  const { sounds } = await probe(file);
  assert.deepEqual(
    sounds.map(({ index, language, isDefault }) => [index, language, isDefault]),
    [
      [1, 'eng', false],
      [2, 'chi', false],
      [3, 'eng', true],
      [4, 'ger', false],
    ],
  );
  assert.equal(playedSound(sounds)!.index, 3);
  assert.deepEqual(
    soundsByLanguage(sounds).map(({ index }: SoundStream) => index),
    [2, 3],
  );
  assert.equal(playedSound(sounds.filter(({ isDefault }) => !isDefault))!.index, 1);
});

test('a film without sound has no sound track and gives none; asking for one says so', async () => {
  const file = make('mute.mkv', ['-f', 'lavfi', '-i', picture(1), '-c:v', 'mpeg4']);
  const info = await probe(file);
  assert.deepEqual(info.sounds, []);
  assert.equal(playedSound(info.sounds), undefined);
  const reader = readSound(file, info, {});
  for await (const piece of reader) assert.fail(`there is none at ${piece.time}`);
  assert.equal(reader.outcome!.endSec, 0);
  const wrong = (error: unknown) => error instanceof LongviewError && error.code === 'bad-argument';
  assert.throws(() => readSound(file, info, { stream: 0 }), wrong);
  const spoken = film('spoken.mkv', beeps(1), 1, ['-c:a', 'pcm_s16le']);
  const options = { stream: 1, from: Number.NaN };
  const spokenInfo = await probe(spoken);
  assert.throws(() => readSound(spoken, spokenInfo, options), wrong);
});

test('leaving early ends ffmpeg; so does a signal', async () => {
  const file = film('long.mkv', beeps(60), 60, ['-c:a', 'pcm_s16le']);
  const info = await probe(file);
  for await (const piece of readSound(file, info, { stream: 1 })) {
    assert.equal(piece.time, 0);
    break;
  }
  const controller = new AbortController();
  await assert.rejects(
    async () => {
      for await (const piece of readSound(file, info, { stream: 1, signal: controller.signal }))
        if (piece.time >= 1) controller.abort();
    },
    (error) => error instanceof LongviewError && error.code === 'cancelled',
  );
});
