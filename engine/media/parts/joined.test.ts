import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { cutClip } from '../clip.ts';
import { framesAt } from '../frames-at.ts';
import { sampleFrames } from '../frames.ts';
import { probe } from '../probe.ts';
import { streamFootage } from '../stream.ts';
import { ffmpeg, makeCodedVideo, readNumber } from '../testing/coded-video.ts';

const folder = mkdtempSync(path.join(tmpdir(), "longview-join'ed-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const size = { width: 128, height: 72 };
const box = { x: 0, y: 0, ...size };
const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '25', '-pix_fmt', 'yuv420p'];
const mpeg2 = ['-c:v', 'mpeg2video', '-q:v', '2', '-bf', '2', '-g', '12'];

/** Kinds of files whose bytes people put one behind the other: their ending, how they are written, when the second begins. */
const kinds: [string, string[], string[], string[]?][] = [
  ['clock again.ts', [...x264, '-c:a', 'aac'], []],
  ['gap of hours.ts', [...x264, '-c:a', 'aac'], ['-output_ts_offset', '5000']],
  ['a little back.ts', [...x264, '-c:a', 'aac', '-output_ts_offset', '10'], ['-output_ts_offset', '13.5']],
  ['bluray.m2ts', [...x264, '-c:a', 'ac3', '-f', 'mpegts', '-mpegts_m2ts_mode', '1'], []],
  ['dvd.vob', [...mpeg2, '-c:a', 'mp2', '-f', 'vob'], []],
  ['old.mpg', ['-c:v', 'mpeg1video', '-q:v', '2', '-g', '12', '-c:a', 'mp2', '-f', 'mpeg'], []],
  ['two.flv', [...x264, '-c:a', 'aac'], []],
  ['two.webm', ['-c:v', 'libvpx', '-deadline', 'realtime', '-b:v', '1M', '-g', '25', '-c:a', 'libopus'], []],
  ['two live.webm', ['-c:v', 'libvpx', '-deadline', 'realtime', '-b:v', '1M', '-g', '25', '-live', '1'], []],
  ['two.mkv', [...x264, '-c:a', 'aac'], []],
  ['two.mp4', [...x264, '-c:a', 'aac'], []],
  ['two.avi', ['-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p', '-c:a', 'pcm_s16le'], []],
  ['two.ogv', ['-c:v', 'libtheora', '-q:v', '8', '-g', '25', '-pix_fmt', 'yuv420p', '-c:a', 'libvorbis'], []],
  ['two.wmv', ['-c:v', 'wmv2', '-q:v', '2', '-g', '25', '-c:a', 'wmav2'], []],
];

function joined(name: string, output: string[], second: string[]): string {
  const tone = ['-f', 'lavfi', '-i', 'sine=sample_rate=48000:duration=4'];
  const parts = [0, 1].map((part) => {
    const file = path.join(folder, `${part}.${name}`);
    const numbers = ['-vf', 'trim=start_frame=' + (part === 0 ? 0 : 200) + ',setpts=PTS-STARTPTS'];
    const more = part === 0 ? [] : second;
    makeCodedVideo(file, {
      frames: part === 0 ? 100 : 300,
      inputs: tone,
      output: [...numbers, '-shortest', ...output, ...more],
    });
    return readFileSync(file);
  });
  const file = path.join(folder, name);
  writeFileSync(file, Buffer.concat(parts));
  return file;
}

for (const [name, output, second] of kinds)
  test(`${name}: two recordings joined byte for byte are one of eight seconds, whoever looks`, async () => {
    const file = joined(name, output, second);
    const info = await probe(file);
    assert.ok(Math.abs(info.durationSec - 8) < 0.25, `${info.durationSec} s`);
    const expected = (time: number) => (time < 4 ? time * 25 : 200 + (time - 4) * 25);
    const near = (number: number, time: number, room: string) =>
      assert.ok(
        Math.abs(number - expected(time)) <= 4,
        `${room} at ${time} s: ${number}, not ${expected(time)}`,
      );
    for (const time of [1.5, 3.5, 4.5, 6.5, 7.5])
      near(
        readNumber({ time, pixels: (await framesAt(file, [time], size))[0] }, 128, box),
        time,
        'a picture',
      );
    let samples = 0;
    for await (const { time, pixels } of sampleFrames(file, info, { fps: 2, ...size })) {
      if (time % 1 !== 0) near(readNumber({ time, pixels }, 128, box), time, 'the index');
      samples++;
    }
    assert.ok(samples >= 15 && samples <= 17, `${samples} samples`);
    const first = (film: string) =>
      readNumber(
        {
          time: 0,
          pixels: ffmpeg([
            '-i',
            `file:${film}`,
            '-vf',
            'scale=128:72',
            '-frames:v',
            '1',
            '-pix_fmt',
            'rgb24',
            '-f',
            'rawvideo',
            'pipe:1',
          ]),
        },
        128,
        box,
      );
    const { process } = await streamFootage(file, { start: 2.5 });
    const film = path.join(folder, `${name}.stream.mp4`);
    await writeFile(film, await process.child.stdout!.toArray());
    near(first(film), 2.5, 'the stream');
    assert.ok(Math.abs((await probe(film)).durationSec - 5.5) < 0.3, 'the stream goes on into the second');
    const clip = path.join(folder, `${name}.clip.mp4`);
    await cutClip(info, { start: 5.5, end: 7 }, clip, { exact: true });
    near(first(clip), 5.5, 'an exact clip');
    assert.ok(Math.abs((await probe(clip)).durationSec - 1.5) < 0.1);
  });

test('one stamp that is damaged makes no second recording', async () => {
  const file = path.join(folder, 'damaged.ts');
  makeCodedVideo(file, { frames: 100, output: x264 });
  const bytes = readFileSync(file);
  let seen = 0;
  for (let at = 0; at + 188 <= bytes.length; at += 188) {
    const pes = bytes.indexOf(Buffer.from([0, 0, 1, 0xe0]), at);
    if ((bytes[at + 1] & 0x40) === 0 || pes < 0 || pes > at + 170) continue;
    // A bit of the presentation and of the decoding time.
    if (++seen === 40) for (const stamp of [9, 14]) bytes[pes + stamp + 1] ^= 0x40;
  }
  assert.ok(seen > 60);
  writeFileSync(file, bytes);
  const info = await probe(file);
  assert.equal(info.parts, undefined);
});
