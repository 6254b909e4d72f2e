import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { cutClip } from './clip.ts';
import { framesAt } from './frames-at.ts';
import { sampleFrames } from './frames.ts';
import { probe } from './probe.ts';
import { writeStillAt } from './still-at.ts';
import { streamFootage } from './stream.ts';
import { ffmpeg, h264, makeCodedVideo, readNumber } from './testing/coded-video.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-seen-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What each room shows of a file at a time, as RGB of one size. */
async function rooms(file: string, time: number, { width, height }: { width: number; height: number }) {
  const name = path.basename(file);
  const still = path.join(folder, `${name}.jpg`);
  await writeStillAt(file, time, still);
  const film = path.join(folder, `${name}.stream.mp4`);
  const { process } = await streamFootage(file, { start: time });
  await writeFile(film, await process.child.stdout!.toArray());
  const look = (from: string) =>
    ffmpeg([
      ...['-i', `file:${from}`, '-frames:v', '1', '-vf', `scale=${width}:${height}:flags=area`],
      ...['-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
    ]);
  return { still: look(still), stream: look(film), sizes: { still: sizeOf(still), stream: sizeOf(film) } };
}

function sizeOf(file: string): [number, number] {
  const bytes = ffmpeg([
    '-i',
    `file:${file}`,
    '-frames:v',
    '1',
    '-pix_fmt',
    'gray',
    '-f',
    'yuv4mpegpipe',
    '-strict',
    '-1',
    'pipe:1',
  ]);
  const [, width, height] = /W(\d+) H(\d+)/.exec(bytes.toString('latin1', 0, 80))!;
  return [Number(width), Number(height)];
}

const pixel = (rgb: Uint8Array, width: number, x: number, y: number) => [
  ...rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

/** Light of a plain screen's colour in BT.2020's primaries (ITU-R BT.2087), 1 for its white. */
function lightIn2020(rgb: readonly number[]): number[] {
  const [r, g, b] = rgb.map((value) => (value / 255) ** 2.4);
  return [
    0.6274 * r + 0.3293 * g + 0.0433 * b,
    0.0691 * r + 0.9195 * g + 0.0114 * b,
    0.0164 * r + 0.088 * g + 0.8956 * b,
  ];
}
const pq = (light: number) => {
  const y = ((light * 203) / 10000) ** 0.1593017578125;
  return ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375;
};
const hlg = (scene: number) =>
  scene <= 1 / 12 ? Math.sqrt(3 * scene) : 0.17883277 * Math.log(12 * scene - 0.28466892) + 0.55991073;

/** A picture of one colour, coded for a kind of light in 10 bits of BT.2020. */
function codedIn2020(light: 'pq' | 'hlg' | 'wide', rgb: readonly number[]): Buffer {
  const linear = lightIn2020(rgb);
  // What a screen of 1,000 cd/m² shows is brighter than the scene by its gamma of 1.2.
  const shown = 0.2627 * linear[0] + 0.678 * linear[1] + 0.0593 * linear[2];
  const scene = (value: number) => (value * 0.203) / (0.203 * shown) ** (0.2 / 1.2);
  const [r, g, b] = linear.map((value) =>
    light === 'pq' ? pq(value) : light === 'hlg' ? hlg(scene(value)) : value ** (1 / 2.4),
  );
  const y = 0.2627 * r + 0.678 * g + 0.0593 * b;
  const codes = [64 + 876 * y, 512 + (896 * (b - y)) / 1.8814, 512 + (896 * (r - y)) / 1.4746];
  const planes = [64 * 36, 32 * 18, 32 * 18].map((count, plane) => {
    const bytes = Buffer.alloc(count * 2);
    for (let at = 0; at < count; at++) bytes.writeUInt16LE(Math.round(codes[plane]), at * 2);
    return bytes;
  });
  return Buffer.concat(planes);
}

const transfers = { pq: 'smpte2084', hlg: 'arib-std-b67', wide: 'bt2020-10' } as const;
for (const light of ['pq', 'hlg', 'wide'] as const)
  for (const rgb of [
    [200, 30, 30],
    [40, 160, 60],
    [128, 128, 128],
    [20, 40, 170],
  ])
    test(`${light}: a colour of ${rgb.join(', ')} is looked at and shown as that`, async () => {
      const file = path.join(folder, `${light}-${rgb.join('-')}.mkv`);
      const frames = Buffer.concat(Array.from({ length: 20 }, () => codedIn2020(light, rgb)));
      ffmpeg(
        [
          ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p10le', '-s', '64x36', '-r', '10', '-i', 'pipe:0'],
          ...['-c:v', 'ffv1', '-color_primaries', 'bt2020', '-colorspace', 'bt2020nc', '-color_range', 'tv'],
          ...['-color_trc', transfers[light], `file:${file}`],
        ],
        frames,
      );
      const info = await probe(file);
      assert.equal(info.light, light);
      const [look] = await framesAt(file, [1], { width: 64, height: 36 });
      const { still, stream } = await rooms(file, 1, { width: 64, height: 36 });
      for (const [room, seen] of Object.entries({ look, still, stream }))
        for (const [index, value] of pixel(seen, 64, 32, 18).entries())
          assert.ok(Math.abs(value - rgb[index]) <= 16, `${room}: ${pixel(seen, 64, 32, 18)}`);
      for await (const frame of sampleFrames(file, info, { fps: 1, width: 64, height: 36 }))
        assert.deepEqual(pixel(frame.pixels, 64, 32, 18), pixel(look, 64, 32, 18));
    });

const one = 0x10000;
/** Matrices of ISO 14496-12 (a, b, c, d): the four turns, each plain and mirrored. */
const matrices: Record<string, [number, number, number, number]> = {
  upright: [one, 0, 0, one],
  'a quarter': [0, one, -one, 0],
  'upside down': [-one, 0, 0, -one],
  'three quarters': [0, -one, one, 0],
  mirrored: [-one, 0, 0, one],
  'mirrored, upside down': [one, 0, 0, -one],
  'mirrored, a quarter': [0, one, one, 0],
  'mirrored, three quarters': [0, -one, -one, 0],
};
for (const [name, [a, b, c, d]] of Object.entries(matrices))
  test(`${name}: still and stream show what is looked at`, async () => {
    const file = path.join(folder, `${name}.mp4`);
    makeCodedVideo(file, { frames: 50, width: 128, height: 72, output: h264 });
    const bytes = readFileSync(file);
    const header = bytes.indexOf('tkhd');
    [a, b, 0, c, d, 0, 0, 0, 0x40000000].forEach((value, index) =>
      bytes.writeInt32BE(value, header + 44 + index * 4),
    );
    writeFileSync(file, bytes);
    const info = await probe(file);
    const turned = a === 0;
    assert.deepEqual([info.width, info.height], turned ? [72, 128] : [128, 72]);
    const size = { width: info.width, height: info.height };
    const [look] = await framesAt(file, [1], size);
    const { still, stream, sizes } = await rooms(file, 1, size);
    assert.deepEqual(sizes.stream, [size.width, size.height]);
    for (const [room, seen] of Object.entries({ still, stream })) {
      let off = 0;
      for (let at = 0; at < look.length; at += 3) off += Math.abs(seen[at] - look[at]) > 60 ? 1 : 0;
      assert.ok(off < look.length / 3 / 20, `${room} differs in ${off} pixels`);
    }
    // The number is found at the corner where a player shows it.
    const source = {
      x: (u: number, v: number) => sign(a) * u + sign(c) * v,
      y: (u: number, v: number) => sign(b) * u + sign(d) * v,
    };
    const upright = new Uint8Array(128 * 72 * 3);
    for (let y = 0; y < 72; y++)
      for (let x = 0; x < 128; x++) {
        const px =
          source.x(x, y) +
          (source.x(127, 71) < 0 || source.x(127, 0) < 0 || source.x(0, 71) < 0 ? size.width - 1 : 0);
        const py =
          source.y(x, y) +
          (source.y(127, 71) < 0 || source.y(127, 0) < 0 || source.y(0, 71) < 0 ? size.height - 1 : 0);
        upright.set(
          look.subarray((py * size.width + px) * 3, (py * size.width + px) * 3 + 3),
          (y * 128 + x) * 3,
        );
      }
    assert.equal(readNumber({ time: 1, pixels: upright }, 128, { x: 0, y: 0, width: 128, height: 72 }), 25);
  });

function sign(value: number): number {
  return Math.sign(value);
}

test('pixels that are not square are shown in their display shape', async () => {
  const file = path.join(folder, 'wide-pixels.m2t');
  makeCodedVideo(file, {
    frames: 50,
    width: 360,
    height: 270,
    output: ['-vf', 'setsar=4/3', '-c:v', 'mpeg2video', '-q:v', '2', '-f', 'mpegts'],
  });
  const { sizes } = await rooms(file, 1, { width: 64, height: 36 });
  assert.deepEqual(sizes, { still: [320, 180], stream: [480, 270] });
});

test('shapes from a line to a column, and one pixel, are shown', async () => {
  for (const [width, height] of [
    [1, 1],
    [2000, 2],
    [2, 2000],
    [800, 100],
    [100, 800],
    [3, 5],
  ]) {
    const file = path.join(folder, `${width}x${height}.mkv`);
    const red = Buffer.alloc(width * height * 3 * 20);
    for (let at = 0; at < red.length; at += 3) red.set([200, 40, 40], at);
    ffmpeg(
      [
        '-f',
        'rawvideo',
        '-pix_fmt',
        'rgb24',
        '-s',
        `${width}x${height}`,
        '-r',
        '10',
        '-i',
        'pipe:0',
        '-c:v',
        'ffv1',
        file,
      ],
      red,
    );
    const [look] = await framesAt(file, [0.5], { width: 64, height: 64 });
    assert.equal(look.length, 64 * 64 * 3);
    const { still, stream } = await rooms(file, 0.5, { width: 9, height: 9 });
    for (const [room, seen] of Object.entries({ still, stream })) {
      const [r, g] = pixel(seen, 9, 4, 4);
      assert.ok(r > 150 && g < 90, `${room} of ${width}x${height}: ${pixel(seen, 9, 4, 4)}`);
    }
  }
});

test('a size that changes midway is not stretched, whoever shows it', async () => {
  const part = (name: string, size: string) => {
    const film = path.join(folder, name);
    ffmpeg([
      ...['-f', 'lavfi', '-i', `color=white:s=${size}:r=25:d=4`, '-c:v', 'libvpx', '-deadline', 'realtime'],
      ...['-b:v', '500k', film],
    ]);
    return film;
  };
  const list = path.join(folder, 'parts.txt');
  writeFileSync(list, ['wide.ivf', 'tall.ivf'].map((name) => `file '${name}'\n`).join(''));
  part('wide.ivf', '320x180');
  part('tall.ivf', '180x320');
  const file = path.join(folder, 'call.webm');
  ffmpeg(['-f', 'concat', '-safe', '0', '-i', list, '-c', 'copy', file]);
  const info = await probe(file);
  const thumbnails = { folder: path.join(folder, 'thumbnails'), everySec: 5 };
  for await (const _ of sampleFrames(file, info, { fps: 1, width: 64, height: 36, thumbnails }));
  const thumbnail = ffmpeg([
    ...[
      '-i',
      path.join(thumbnails.folder, '000001.jpg'),
      '-vf',
      'scale=64:36',
      '-pix_fmt',
      'rgb24',
      '-f',
      'rawvideo',
      'pipe:1',
    ],
  ]);
  const { still, stream } = await rooms(file, 6, { width: 64, height: 36 });
  for (const [room, seen] of Object.entries({ thumbnail, still, stream })) {
    assert.ok(pixel(seen, 64, 32, 18)[0] > 200, `${room} shows the picture`);
    assert.ok(pixel(seen, 64, 8, 18)[0] < 40, `${room} has bars beside it`);
  }
});

test('what is played or cut across a change of size goes on to its end, with bars', async () => {
  for (const [name, codec] of [
    ['across.webm', ['-c:v', 'libvpx', '-deadline', 'realtime', '-b:v', '500k']],
    ['across.ts', ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']],
  ] as const) {
    const ending = path.extname(name);
    const list = ['320x180', '180x320'].map((size) => {
      const part = path.join(folder, `across-${size}${ending}`);
      ffmpeg(['-f', 'lavfi', '-i', `color=white:s=${size}:r=25:d=4`, ...codec, part]);
      return `file '${path.basename(part)}'`;
    });
    const parts = path.join(folder, 'across.txt');
    writeFileSync(parts, list.join('\n'));
    const file = path.join(folder, name);
    ffmpeg(['-f', 'concat', '-safe', '0', '-i', parts, '-c', 'copy', file]);
    const { process } = await streamFootage(file, { start: 0 });
    const played = `${file}.played.mp4`;
    await writeFile(played, await process.child.stdout!.toArray());
    const cut = `${file}.cut.mp4`;
    await cutClip(await probe(file), { start: 1, end: 7 }, cut, { exact: true });
    for (const [film, time, length] of [
      [played, 6, 8],
      [cut, 5, 6],
    ] as const) {
      const { durationSec } = await probe(film);
      assert.ok(Math.abs(durationSec - length) < 0.2, `${path.basename(film)}: ${durationSec} s`);
      const rgb = ffmpeg([
        ...['-ss', `${time}`, '-i', film, '-frames:v', '1', '-vf', 'scale=64:36:flags=area'],
        ...['-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
      ]);
      assert.ok(pixel(rgb, 64, 32, 18)[0] > 200, `${path.basename(film)} shows the picture`);
      assert.ok(pixel(rgb, 64, 8, 18)[0] < 40, `${path.basename(film)} has bars beside it`);
    }
  }
});
