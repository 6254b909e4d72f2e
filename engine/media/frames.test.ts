import assert from 'node:assert/strict';
import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { framesAt } from './frames-at.ts';
import { sampleFrames, type SampleOptions, type SampledFrames } from './frames.ts';
import { probe } from './probe.ts';
import type { VideoInfo } from './video-info.ts';
import { ffmpeg, h264, makeCodedVideo, readNumber, setRotation, shownFrames } from './testing/coded-video.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-frames-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const size = { width: 512, height: 288 };

interface Sampled {
  info: VideoInfo;
  times: number[];
  numbers: number[];
  stream: SampledFrames;
}

const frameAt = async (file: string, time: number, wanted: typeof size) =>
  (await framesAt(file, [time], wanted))[0];

async function sampleAll(file: string, options: Partial<SampleOptions> = {}): Promise<Sampled> {
  const info = await probe(file);
  const stream = sampleFrames(file, info, { fps: 2, ...size, ...options });
  const sampled: Sampled = { info, times: [], numbers: [], stream };
  for await (const frame of stream) {
    sampled.times.push(frame.time);
    sampled.numbers.push(readNumber(frame, size.width, stream.letterbox, info.rotation));
  }
  return sampled;
}

/** Asserts that each sample shows what ffprobe's presentation times say is on screen then. */
async function assertSampledAsShown(file: string, fps: number): Promise<Sampled> {
  const sampled = await sampleAll(file, { fps });
  const shown = shownFrames(file).map(({ pts, number }) => ({ time: pts - sampled.info.startSec, number }));
  const first = Math.floor(Math.max(0, shown[0].time) * fps + 1e-6);
  const expected = sampled.times.map((time) => {
    // ffprobe prints microseconds.
    const onScreen = shown.filter((frame) => frame.time <= time + 2e-6).at(-1) ?? shown[0];
    return onScreen.number;
  });
  assert.deepEqual(sampled.numbers, expected);
  assert.deepEqual(
    sampled.times,
    sampled.times.map((_, index) => (first + index) / fps),
    'the grid has no holes and starts at the first picture',
  );
  const last = shown.at(-1)!.time;
  assert.ok(sampled.times.at(-1)! > last - 1 / fps, 'the grid reaches the last picture');
  return sampled;
}

const make = (name: string, video: Parameters<typeof makeCodedVideo>[1]): string => {
  const file = path.join(folder, name);
  makeCodedVideo(file, video);
  return file;
};

test('a constant rate with B-frames is sampled at the true times', async () => {
  const file = make('plain.mp4', { frames: 130, output: h264 });
  const { numbers, stream } = await assertSampledAsShown(file, 2);
  assert.deepEqual(numbers, [0, 12, 25, 37, 50, 62, 75, 87, 100, 112, 125]);
  assert.equal(stream.outcome!.frames, 11);
  assert.equal(stream.outcome!.truncatedAt, undefined);
});

test('a single picture is the one that is on screen then, to a picture; at the very end the last one', async () => {
  const file = make('single.mp4', { frames: 130, output: h264 });
  const { info, stream } = await sampleAll(file);
  for (const time of [0, 1, 2.5, 4.9, 5.3]) {
    const pixels = await frameAt(file, time, size);
    const number = readNumber({ time, pixels }, size.width, stream.letterbox, info.rotation);
    assert.ok(Math.abs(number - Math.min(129, time * 25)) <= 10 && number <= 129, `${number} at ${time} s`);
    if (time < 5) assert.ok(Math.abs(number - time * 25) <= 1, `${number} at ${time} s`);
  }
  await assert.rejects(frameAt(file, 60, size), { code: 'no-frames' });
  await assert.rejects(frameAt(path.join(folder, 'nowhere.mp4'), 0, size), { code: 'file-not-found' });
});

test('pictures close together are those that are asked for one by one', async () => {
  const file = make('close.mp4', { frames: 60, output: h264 });
  for (const times of [
    [0, 0.5],
    [0.98, 1.02, 1.98],
    [1, 1.01],
    [1.01, 1.02],
    [2.2, 2.6],
    [2.3, 3],
  ]) {
    const together = await framesAt(file, times, size);
    assert.equal(together.length, times.length);
    for (const [index, time] of times.entries()) {
      const alone = await frameAt(file, time, size);
      assert.equal(Buffer.compare(together[index], alone), 0, `${time} of ${times.join(', ')}`);
    }
  }
});

test('rates that do not divide the grid are right too', async () => {
  const file = make('ntsc.mkv', { frames: 200, fps: 29.97, output: ['-r', '30000/1001', ...h264] });
  await assertSampledAsShown(file, 3);
  await assertSampledAsShown(file, 0.7);
});

test('a variable frame rate is sampled by presentation time, not by frame count', async () => {
  const uneven = ['-vf', "setpts='(N*0.02+0.4*floor(N/7)+0.013*mod(N,3))/TB'", '-vsync', 'passthrough'];
  const output = [...uneven, '-enc_time_base', '1/1000', ...h264];
  for (const name of ['uneven.mkv', 'uneven.mp4']) {
    const { info } = await assertSampledAsShown(make(name, { frames: 120, output }), 2);
    assert.equal(info.variableFrameRate, true);
  }
});

test('a picture that stands for a long time is sampled as long as it stands', async () => {
  const gap = ['-vf', "setpts='(N/25+if(gte(N,10),40,0))/TB'", '-vsync', 'passthrough', ...h264];
  const { numbers } = await assertSampledAsShown(make('gap.mkv', { frames: 20, output: gap }), 2);
  assert.equal(numbers.filter((number) => number === 9).length, 80);
});

test('a transport stream that starts late is put on its own timeline', async () => {
  const file = make('late.ts', {
    frames: 100,
    output: [...h264, '-muxdelay', '0', '-output_ts_offset', '500'],
  });
  const { info, times } = await assertSampledAsShown(file, 2);
  assert.ok(info.startSec > 400);
  assert.equal(times[0], 0);
});

test('a picture that starts after the sound keeps its distance', async () => {
  const sound = ['-f', 'lavfi', '-i', 'sine=duration=6'];
  const later = ['-vf', 'setpts=PTS+1.3/TB', '-vsync', 'passthrough', ...h264, '-c:a', 'aac'];
  for (const name of ['sound-first.mkv', 'sound-first.ts', 'sound-first.mp4']) {
    const file = make(name, { frames: 100, inputs: sound, output: later });
    const { info, times, numbers } = await assertSampledAsShown(file, 2);
    assert.ok(Math.abs(info.videoStartSec - 1.3) < 0.05, `${info.videoStartSec} in ${name}`);
    assert.deepEqual([times[0], numbers[0]], [1, 0]);
  }
});

test('a transport stream whose clock jumps is sampled on', async () => {
  const part = (name: string, offset: string) =>
    make(name, { frames: 50, output: [...h264, '-muxdelay', '0', '-output_ts_offset', offset] });
  const file = path.join(folder, 'jump.ts');
  const parts = [part('before.ts', '5000'), part('after.ts', '10')];
  writeFileSync(file, Buffer.concat(parts.map((name) => readFileSync(name))));
  const { numbers } = await sampleAll(file);
  assert.equal(numbers.length, 8);
  assert.deepEqual(numbers.slice(0, 4), [0, 12, 25, 37]);
});

test('an edit list hides what it cuts off', async () => {
  const whole = make('whole.mp4', { frames: 150, output: h264 });
  const cut = path.join(folder, 'cut.mp4');
  ffmpeg(['-ss', '1.7', '-i', whole, '-c', 'copy', cut]);
  const { numbers } = await assertSampledAsShown(cut, 2);
  assert.ok(numbers[0] >= 42, `starts at frame ${numbers[0]}`);
});

test('rotation flags are applied', async () => {
  for (const degrees of [90, 180, 270] as const) {
    const file = make(`turned-${degrees}.mp4`, { frames: 60, output: h264 });
    setRotation(file, degrees);
    const { info, stream, numbers } = await sampleAll(file);
    assert.equal(info.rotation, degrees);
    assert.deepEqual(numbers, [0, 12, 25, 37, 50]);
    const upright = degrees !== 180;
    assert.equal(stream.letterbox.width, upright ? 162 : 512);
    assert.equal(stream.letterbox.height, 288);
  }
});

test('odd sizes and wide pixels keep their shape between grey bars', async () => {
  const output = ['-vf', 'setsar=2', '-c:v', 'ffv1'];
  const file = make('odd.mkv', { frames: 30, width: 101, height: 57, output });
  const { info, stream, numbers } = await sampleAll(file);
  assert.deepEqual([info.width, info.height], [202, 57]);
  assert.deepEqual(stream.letterbox, { x: 0, y: 72, width: 512, height: 144 });
  assert.deepEqual(numbers, [0, 12, 25]);
  for await (const frame of sampleFrames(file, info, { fps: 1, ...size }))
    for (const row of [0, 71, 216, 287]) {
      const start = row * size.width * 3;
      assert.ok(frame.pixels.subarray(start, start + size.width * 3).every((value) => value === 114));
    }
});

test('interlaced video is sampled at the true times', async () => {
  const output = ['-c:v', 'mpeg2video', '-flags', '+ildct+ilme', '-top', '1', '-bf', '2', '-q:v', '2'];
  const { info } = await assertSampledAsShown(make('interlaced.mkv', { frames: 90, output }), 2);
  assert.equal(info.interlaced, true);
});

test('a recording that changes its size midway is sampled through', async () => {
  const parts = [
    make('small.ts', { frames: 50, output: [...h264, '-muxdelay', '0', '-output_ts_offset', '10'] }),
    make('large.ts', {
      frames: 50,
      width: 128,
      height: 72,
      output: [...h264, '-muxdelay', '0', '-output_ts_offset', '12'],
    }),
  ];
  const file = path.join(folder, 'grown.ts');
  writeFileSync(file, Buffer.concat(parts.map((part) => readFileSync(part))));
  const { numbers } = await sampleAll(file);
  assert.deepEqual(numbers, [0, 12, 25, 37, 0, 12, 25, 37]);
});

test('a video of one picture gives one frame', async () => {
  const { numbers, times } = await sampleAll(make('one.mkv', { frames: 1, output: h264 }));
  assert.deepEqual([numbers, times], [[0], [0]]);
});

test('a file that is cut off gives what decodes and says where it stops', async () => {
  const output = [...h264, '-movflags', '+faststart'];
  for (const [name, muxer] of [
    ['cut-off.mp4', output],
    ['cut-off.mkv', h264],
  ] as const) {
    const file = make(name, { frames: 500, output: muxer });
    truncateSync(file, Math.floor(statSync(file).size / 2));
    const { stream, numbers } = await sampleAll(file);
    assert.ok(numbers.length > 4 && numbers.length < 32, `${numbers.length} frames of ${name}`);
    assert.deepEqual(numbers.slice(0, 4), [0, 12, 25, 37]);
    assert.equal(stream.outcome!.truncatedAt, numbers.length / 2);
  }
});

test('thumbnails come out of the same decode', async () => {
  const file = make('thumbs.mp4', { frames: 170, width: 640, height: 360, output: h264 });
  const thumbnails = { folder: path.join(folder, "th'umbs %d:é"), everySec: 2 };
  const { stream } = await sampleAll(file, { thumbnails });
  assert.deepEqual(stream.outcome!.thumbnails, ['000000.jpg', '000001.jpg', '000002.jpg', '000003.jpg']);
  assert.deepEqual(readdirSync(thumbnails.folder).sort(), stream.outcome!.thumbnails);
  const jpeg = readFileSync(path.join(thumbnails.folder, '000002.jpg'));
  const rgb = ffmpeg(['-i', 'pipe:0', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'], jpeg);
  assert.equal(rgb.length, 320 * 180 * 3);
  const box = { x: 0, y: 0, width: 320, height: 180 };
  assert.equal(readNumber({ time: 4, pixels: rgb }, 320, box), 100);
});

test('sound beside the video does not disturb', async () => {
  const sound = ['-f', 'lavfi', '-i', 'sine=duration=4'];
  const file = make('sound.mp4', { frames: 100, inputs: sound, output: [...h264, '-c:a', 'aac'] });
  const { numbers, info } = await sampleAll(file);
  assert.equal(info.hasAudio, true);
  assert.deepEqual(numbers, [0, 12, 25, 37, 50, 62, 75, 87]);
});

test('leaving the loop early and aborting end the decoder', async () => {
  const file = make('long.mp4', { frames: 1500, output: h264 });
  const info = await probe(file);
  for await (const frame of sampleFrames(file, info, { fps: 25, ...size })) {
    assert.equal(frame.time, 0);
    break;
  }
  const controller = new AbortController();
  const stream = sampleFrames(file, info, { fps: 25, ...size, signal: controller.signal });
  let frames = 0;
  await assert.rejects(
    async () => {
      for await (const _ of stream) if (++frames === 3) controller.abort();
    },
    { code: 'cancelled' },
  );
  assert.equal(frames, 3);
  assert.equal(stream.outcome, undefined);
});

test('wrong arguments are quoted and a vanished file is named', async () => {
  const file = make('arguments.mp4', { frames: 5, output: h264 });
  const info = await probe(file);
  assert.throws(() => sampleFrames(file, info, { fps: 0, ...size }), {
    code: 'bad-argument',
    message: /fps.*got 0/,
  });
  assert.throws(() => sampleFrames(file, info, { fps: 2, width: 1.5, height: 288 }), /width.*got 1.5/);
  rmSync(file);
  await assert.rejects(
    async () => {
      for await (const _ of sampleFrames(file, info, { fps: 2, ...size }));
    },
    { code: 'file-not-found', message: /arguments\.mp4/ },
  );
});

test('a stream without one decodable picture is reported', async () => {
  const file = make('garbage.mkv', { frames: 40, output: h264 });
  const info = await probe(file);
  const bytes = readFileSync(file);
  // The headers stay, the pictures go.
  bytes.fill(0x55, 1200, bytes.length);
  writeFileSync(file, bytes);
  await assert.rejects(
    async () => {
      for await (const _ of sampleFrames(file, info, { fps: 2, ...size }));
    },
    { code: 'no-frames', message: /garbage\.mkv/ },
  );
});

test('frames come at further sizes in the same decode, each as if it were alone', async () => {
  const file = path.join(folder, 'sizes.mp4');
  makeCodedVideo(file, { frames: 60, output: h264 });
  const info = await probe(file);
  const more = [
    { width: 96, height: 96 },
    { width: 640, height: 200 },
  ];
  const together = sampleFrames(file, info, { fps: 2, ...size, more });
  const alone = [size, ...more].map((one) => sampleFrames(file, info, { fps: 2, ...one }));
  const singles = await Promise.all(
    alone.map(async (stream) => {
      const frames: { pixels: Uint8Array }[] = [];
      for await (const frame of stream) frames.push(frame);
      return frames;
    }),
  );
  let index = 0;
  for await (const frame of together) {
    for (const [at, pixels] of [frame.pixels, ...frame.more!].entries())
      assert.ok(Buffer.from(pixels).equals(singles[at][index].pixels), `size ${at} of frame ${index}`);
    index++;
  }
  assert.equal(index, 5);
  assert.deepEqual(
    [together.letterbox, ...together.moreLetterboxes],
    alone.map(({ letterbox }) => letterbox),
  );
});

test(
  'a clock that jumps by ten hours costs minutes of looking, not hours',
  { timeout: 120_000 },
  async () => {
    const file = path.join(folder, 'jump.mkv');
    const jump = ['-vf', "setpts='if(lt(N,50),N,36000*25+N)'", '-fps_mode', 'passthrough'];
    makeCodedVideo(file, { frames: 52, output: [...jump, '-enc_time_base', '1/25', ...h264, '-bf', '0'] });
    const info = await probe(file);
    assert.ok(info.durationSec > 35_000, `${info.durationSec} s`);
    const frames = sampleFrames(file, info, { fps: 1, width: 64, height: 36 });
    let count = 0;
    for await (const _ of frames) count++;
    assert.ok(count > 2 && count < 700, `${count} frames`);
    assert.ok(Math.abs(frames.outcome!.truncatedAt! - 2) < 1.1, `${frames.outcome!.truncatedAt} s`);
  },
);

test('a picture that really stands for long is looked at to its end', { timeout: 120_000 }, async () => {
  const file = path.join(folder, 'stands.mkv');
  const slow = ['-vf', "setpts='if(lt(N,50),N,50+(N-50)*250)'", '-fps_mode', 'passthrough'];
  const still = ['-f', 'lavfi', '-i', 'color=white:s=64x36:r=25:d=6'];
  ffmpeg([...still, ...slow, '-enc_time_base', '1/25', ...h264, '-bf', '0', file]);
  const info = await probe(file);
  const frames = sampleFrames(file, info, { fps: 1, width: 64, height: 36 });
  let count = 0;
  for await (const _ of frames) count++;
  assert.ok(count > 900, `${count} frames of ${info.durationSec} s`);
  assert.equal(frames.outcome!.truncatedAt, undefined);
});
