import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { probe } from './probe.ts';
import { makeCodedVideo } from './testing/coded-video.ts';
import { playsAsItIs } from './video-info.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-as-it-is-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const vp8 = ['-c:v', 'libvpx', '-deadline', 'realtime'];
const tone = (hertz: number) => ['-f', 'lavfi', '-i', `sine=${hertz}:sample_rate=48000:duration=4`];
const twoTones = ['-map', '0', '-map', '1', '-map', '2', '-c:a', 'libopus'];

for (const [name, inputs, output, plays] of [
  ['plain.webm', tone(440), [...vp8, '-c:a', 'libopus'], true],
  ['late clock.webm', tone(440), [...vp8, '-c:a', 'libopus', '-output_ts_offset', '100'], false],
  ['no length.webm', [], [...vp8, '-live', '1'], false],
  [
    'second sound.mkv',
    [...tone(220), ...tone(880)],
    [...vp8, ...twoTones, '-disposition:a:0', '0', '-disposition:a:1', 'default'],
    false,
  ],
  [
    'first sound.mkv',
    [...tone(220), ...tone(880)],
    [...vp8, ...twoTones, '-disposition:a:0', 'default', '-disposition:a:1', '0'],
    true,
  ],
  ['two pictures.mkv', [], ['-map', '0', '-map', '0', ...vp8, '-disposition:v:1', 'default'], false],
  ['stream.ts', [], ['-c:v', 'mpeg2video'], false],
] as [string, string[], string[], boolean][])
  test(`${name}: a browser ${plays ? 'shows' : 'would not show'} of the file itself what is indexed`, async () => {
    const file = path.join(folder, name);
    makeCodedVideo(file, { frames: 100, inputs, output });
    const info = await probe(file);
    assert.equal(playsAsItIs(info), plays);
    assert.ok(Math.abs(info.durationSec - 4) < 0.1, `${info.durationSec} s`);
  });
