import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { ffmpeg, ffprobe, shownFrames } from '../media/testing/coded-video.ts';
import { probe } from '../media/index.ts';
import { exportMaterial } from './export.ts';
import { shorten } from './names.ts';
import {
  folder,
  inFolder,
  mp4,
  mkv,
  late,
  uneven,
  write,
  material,
  spansOf,
  stretches,
} from './testing/films.ts';

const numbers = (file: string) => shownFrames(file).map(({ number }) => number);
const range = (from: number, past: number) => Array.from({ length: past - from }, (_, index) => from + index);

describe('clips', () => {
  for (const file of [mp4, mkv, late])
    test(`exact clips of ${path.basename(file)} hold the very frames`, async () => {
      const wanted = [stretches[0], stretches[1]];
      const { spans } = spansOf(file, wanted);
      const { result } = await write(material(file, spans), { format: 'clips', exact: true });
      assert.deepEqual(
        result.clips!.map(({ path: clip }) => numbers(clip)),
        wanted.map(([from, past]) => range(from, past)),
      );
      for (const { path: clip, start } of result.clips!) {
        const info = await probe(clip);
        assert.ok(info.hasAudio && info.videoStartSec < 0.03, `${info.videoStartSec}`);
        assert.ok(spans.some(([from]) => Math.abs(from - start) < 0.001));
      }
    });

  test('exact clips of uneven footage keep its times', async () => {
    const { spans, shown } = spansOf(uneven, [[17, 43]]);
    const { result } = await write(material(uneven, spans), { format: 'clips', exact: true });
    const clip = shownFrames(result.clips![0].path);
    assert.deepEqual(
      clip.map(({ number }) => number),
      range(17, 43),
    );
    for (const [index, { pts }] of clip.entries())
      assert.ok(Math.abs(pts - (shown[17 + index].pts - shown[17].pts)) < 0.002, `${index}: ${pts}`);
  });

  for (const file of [mp4, mkv])
    test(`copies of ${path.basename(file)} begin at the key frame before, and say so`, async () => {
      // Key frames are every 30 frames; the second stretch begins on one.
      const { spans, shown } = spansOf(file, [
        [40, 71],
        [60, 70],
        [10, 20],
      ]);
      const { result } = await write(material(file, spans), { format: 'clips' });
      for (const [index, first] of [30, 60, 0].entries()) {
        const { path: clip, start, end } = result.clips![index];
        assert.equal(path.extname(clip), path.extname(file));
        const held = numbers(clip);
        assert.equal(held[0], first);
        assert.ok(Math.abs(start - shown[first].pts) < 0.002, `${start}`);
        const past = [71, 70, 20][index];
        assert.ok(held.includes(past - 1) && held.length <= past - first + 4, held.join());
        assert.ok(end >= shown[past].pts - 0.05 && end < shown[past].pts + 0.3, `${end}`);
      }
    });

  test('have names that sort, and are not written over unless that is asked for', async () => {
    const out = inFolder('some-clips');
    const both = material(mp4, [
      [0, 0.5],
      [1, 1.5],
    ]);
    const first = await exportMaterial(both, { format: 'clips', out });
    assert.deepEqual(
      first.clips!.map((clip) => path.basename(clip.path)),
      ['1 park 0.00.00.000.mp4', '2 park 0.00.01.001.mp4'],
    );
    assert.equal(readdirSync(out).length, 2);
    await assert.rejects(exportMaterial(both, { format: 'clips', out }), { code: 'file-exists' });
    await exportMaterial(both, { format: 'clips', out, overwrite: true });
    assert.equal(readdirSync(out).length, 2);
  });

  test('one that fails is told, the others are cut, and nothing unfinished stays', async () => {
    const gone = inFolder('gone.mkv');
    copyFileSync(mkv, gone);
    const [moment] = material(mp4, [[1, 2]]).moments;
    const out = inFolder('one-clip');
    const both = {
      title: 'x',
      confident: true,
      moments: [{ ...moment, videoId: 'v2' }, moment],
      paths: new Map([
        ['v1', mp4],
        ['v2', gone],
      ]),
    };
    const onProgress = () => rmSync(gone, { force: true });
    const result = await exportMaterial(both, { format: 'clips', out }, { onProgress });
    assert.equal(result.moments, 1);
    assert.deepEqual(
      result.clips!.map(({ error }) => error?.code),
      ['ffmpeg-failed', undefined],
    );
    assert.deepEqual(readdirSync(out), ['2 park 0.00.01.001.mp4']);
  });

  /** A clip of the second second of a file, and the codecs in it by ffprobe. */
  async function clipOf(file: string, exact = false) {
    const { result } = await write(material(file, [[1, 2]]), { format: 'clips', exact });
    const [clip] = result.clips!;
    assert.equal(clip.error, undefined);
    const codecs = ffprobe(['-show_entries', 'stream=codec_name', '-of', 'csv=p=0', clip.path])
      .trim()
      .split(/\s+/);
    return { clip, extension: path.extname(clip.path), codecs };
  }

  test('a codec that its own container doesn’t take goes into one that does', async () => {
    // Its name promises a container that can't hold what is in it.
    const odd = inFolder('odd.mp4');
    ffmpeg(['-i', mp4, '-an', '-c:v', 'ffv1', '-f', 'nut', odd]);
    const { extension, codecs, clip } = await clipOf(odd);
    assert.deepEqual([extension, codecs, clip.leftOut], ['.mkv', ['ffv1'], undefined]);
  });

  test('PCM in MP4, as cameras write it, is copied with its pictures', async () => {
    const camera = inFolder('C0001.MP4');
    ffmpeg([
      '-i',
      mp4,
      '-map',
      '0:v',
      '-map',
      '0:a',
      '-c:v',
      'copy',
      '-c:a',
      'pcm_s16be',
      '-f',
      'mov',
      camera,
    ]);
    const bytes = readFileSync(camera);
    bytes.write('XAVC', bytes.indexOf('ftyp') + 4, 'latin1');
    writeFileSync(camera, bytes);
    const { extension, codecs, clip } = await clipOf(camera);
    assert.deepEqual([codecs, clip.leftOut], [['h264', 'pcm_s16be'], undefined]);
    // Newer versions of ffmpeg write PCM into MP4 as well.
    assert.match(extension, /^\.(?:mov|mp4)$/);
  });

  test('LPCM of Blu-ray keeps its very samples', async () => {
    const disc = inFolder('00001.m2ts');
    ffmpeg([
      '-i',
      mp4,
      '-map',
      '0:v',
      '-map',
      '0:a',
      '-c:v',
      'copy',
      '-c:a',
      'pcm_bluray',
      '-ac',
      '2',
      '-mpegts_m2ts_mode',
      '1',
      '-f',
      'mpegts',
      disc,
    ]);
    const { codecs, clip } = await clipOf(disc);
    assert.equal(codecs.length, 2);
    assert.match(codecs[1], /^pcm_/);
    assert.equal(clip.leftOut, undefined);
    const samples = (file: string) =>
      ffmpeg(['-i', file, '-map', '0:a', '-f', 's24le', '-c:a', 'pcm_s24le', 'pipe:1']);
    assert.ok(samples(disc).includes(samples(clip.path).subarray(6000, 60_000)));
  });

  test('a sound stream that nobody knows is left out, and that is said', async () => {
    const phone = inFolder('phone.mp4');
    ffmpeg(['-i', mp4, '-map', '0:v', '-map', '0:a', '-map', '0:a', '-c', 'copy', phone]);
    const bytes = readFileSync(phone);
    // Neither the name nor the description of its codec.
    for (const [box, other] of [
      ['mp4a', 'apac'],
      ['esds', 'free'],
    ])
      bytes.write(other, bytes.lastIndexOf(box), 'latin1');
    writeFileSync(phone, bytes);
    for (const exact of [false, true]) {
      const { codecs, clip } = await clipOf(phone, exact);
      assert.deepEqual(codecs, ['h264', 'aac']);
      assert.match(clip.leftOut!.join(), /^sound stream 2.*ffmpeg does not know its kind/);
    }
  });

  test('names are as long as file systems take, in whole characters', async () => {
    const long = inFolder(`${'我们全家去年夏天在海边用手机拍下的一段很长的录影'.repeat(4).slice(0, 82)}.mp4`);
    copyFileSync(mp4, long);
    const { clip } = await clipOf(long);
    const name = path.basename(clip.path);
    assert.ok(Buffer.byteLength(name) <= 255 && Buffer.byteLength(name) > 200, `${Buffer.byteLength(name)}`);
    assert.match(name, /^1 我们全家[^\ufffd]* 0\.00\.01\.001\.mp4$/);
    const edl = path.join(folder, `${path.basename(long)}.edl`);
    await exportMaterial(material(long, [[1, 2]]), { format: 'edl', out: edl });
    assert.ok(existsSync(edl));
    await assert.rejects(
      exportMaterial(material(mp4, [[1, 2]]), { format: 'edl', out: inFolder('x'.repeat(256)) }),
      {
        code: 'bad-argument',
        message: /longer than file systems take/,
      },
    );
    assert.equal(shorten('a👩‍👩‍👧b', 15), 'a');
    assert.equal(shorten('é'.repeat(10), 5), 'éé');
  });

  test('a cancelled cut leaves nothing behind', async () => {
    const out = inFolder('cancelled');
    const controller = new AbortController();
    const cutting = exportMaterial(
      material(mp4, [
        [0, 1],
        [1, 2],
      ]),
      { format: 'clips', out, exact: true },
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    await assert.rejects(cutting, { code: 'cancelled' });
    assert.deepEqual(readdirSync(out), []);
  });
});
