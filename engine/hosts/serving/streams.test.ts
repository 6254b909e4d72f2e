import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Readable } from 'node:stream';
import { ffmpeg, ffprobe, makeCodedVideo, readNumber } from '../../media/testing/coded-video.ts';
import { LongviewError } from '../../protocol/errors.ts';
import { createStreams } from './streams.ts';
import type { Asked } from './answer.ts';

const asked: Asked = { method: 'GET', url: new URL('http://longview/'), header: () => undefined };

/** Reads a stream away until it is closed. */
async function closing(stream: Readable): Promise<void> {
  const closed = stream.closed ? undefined : once(stream, 'close');
  stream.resume();
  await closed;
}

/** Formats that browsers don't play, each with the frames' numbers in its picture. */
const formats: Record<string, string[]> = {
  'old.avi': ['-c:v', 'mpeg4', '-q:v', '2', '-bf', '0', '-g', '50'],
  'edit.mov': ['-c:v', 'prores_ks', '-profile:v', '0', '-pix_fmt', 'yuv422p10le'],
  'camera.mxf': ['-c:v', 'mpeg2video', '-q:v', '2', '-r', '25', '-s', '64x48', '-f', 'mxf'],
  'phone.mkv': ['-c:v', 'ffv1', '-pix_fmt', 'yuv420p'],
};

describe('streams', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'longview-streams-'));
    for (const [name, output] of Object.entries(formats))
      makeCodedVideo(join(folder, name), { frames: 100, width: 64, height: 48, output });
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const name of Object.keys(formats))
    test(`${name} comes as MP4 from the very frame on that was asked for`, async () => {
      const streams = createStreams();
      const { status, headers, body } = await streams.answer(asked, join(folder, name), 2);
      assert.equal(status, 200);
      assert.equal(headers['Content-Type'], 'video/mp4');
      const film = join(folder, `${name}.mp4`);
      writeFileSync(film, Buffer.concat(await (body as Readable).toArray()));
      const facts = ffprobe(['-show_entries', 'stream=codec_name', '-of', 'csv=p=0', film]);
      assert.match(facts, /h264/);
      const picture = ffmpeg([
        ...['-i', film, '-frames:v', '1', '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'],
      ]);
      const seen = readNumber({ time: 0, pixels: picture }, 64, { x: 0, y: 0, width: 64, height: 48 });
      assert.equal(seen, 50);
      streams.close();
    });

  test('nothing but the film is left when it has been watched', () => {
    assert.deepEqual(
      readdirSync(folder).filter((name) => !/^(old|edit|camera|phone)\./.test(name)),
      [],
    );
  });

  test('ffmpeg ends with its reader', async () => {
    const long = join(folder, 'old.long.avi');
    ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25', '-t', '40', '-c:v', 'mpeg4', long]);
    const streams = createStreams();
    const { body } = await streams.answer(asked, long, 0);
    const ended = once(body as Readable, 'close');
    (body as Readable).destroy();
    await ended;
    // Of four at once the first gives way.
    const bodies: Readable[] = [];
    for (let count = 0; count < 4; count++)
      bodies.push((await streams.answer(asked, long, count)).body as Readable);
    await closing(bodies[0]);
    assert.equal(
      bodies.slice(1).some((other) => other.closed),
      false,
    );
    streams.close();
    for (const other of bodies.slice(1)) await closing(other);
  });

  test('what can’t be decoded is told before anything is sent', async () => {
    const broken = join(folder, 'old.broken.avi');
    writeFileSync(broken, 'no film');
    const streams = createStreams();
    await assert.rejects(
      streams.answer(asked, broken, 0),
      (error) => error instanceof LongviewError && error.code === 'not-a-video',
    );
  });
});
