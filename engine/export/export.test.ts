import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';
import { ffmpeg, h264, makeCodedVideo } from '../media/testing/coded-video.ts';
import { probe } from '../media/index.ts';
import { checkExport, exportMaterial } from './export.ts';
import { materialOfAnswer, materialOfFind } from './material.ts';
import { all, child, parseCsv, parseEdl, parseOtio, parseVtt, parseXml } from './testing/parsers.ts';
import { parseTimecode } from './timecode.ts';
import { exportVideo } from './index.ts';
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

for (const file of [mp4, mkv, late])
  test(`times in ${path.basename(file)} are the frames that ffprobe tells of`, async () => {
    const { spans, shown } = spansOf(file, stretches.slice(0, file === late ? 2 : 3));
    const info = await probe(file);
    const video = exportVideo('v1', info);
    assert.equal(video.rateNote, undefined);
    const { text } = await write(material(file, spans), { format: 'csv' });
    const first = Math.round(info.videoStartSec * 25); // Only the late one begins late, and it runs at 25.
    parseCsv(text).forEach((row, index) => {
      const [from, past] = stretches[index];
      assert.deepEqual([Number(row.start_frame), Number(row.end_frame)], [first + from, first + past]);
      assert.ok(Math.abs(Number(row.start) - shown[from].pts) < 0.0011, `${row.start} ${shown[from].pts}`);
      assert.ok(Math.abs(Number(row.end) - shown[past].pts) < 0.0011, `${row.end} ${shown[past].pts}`);
    });
    const chapters = await write(material(file, spans), { format: 'vtt' });
    for (const [index, { start }] of parseVtt(chapters.text).cues.entries()) {
      // What a player shows that is sent to this time; the millisecond is Matroska's own.
      const there = shown.findLastIndex(({ pts }) => pts <= start + 0.0005);
      assert.equal(there, stretches[index][0]);
    }
  });

test('an edit list counts from the recording’s own timecode', async () => {
  const { spans } = spansOf(mp4, stretches);
  const { text, result } = await write(material(mp4, spans), { format: 'edl' });
  const counting = { rate: { timebase: 30, ntsc: true }, dropFrame: true };
  const start = parseTimecode('00:59:59;00', counting)!;
  assert.deepEqual([result.frameRate, result.dropFrame, result.notes], ['29.97', true, []]);
  assert.deepEqual(
    parseEdl(text).events.map(({ times }) =>
      times.slice(0, 2).map((time) => parseTimecode(time, counting)! - start),
    ),
    stretches,
  );
});

test('uneven footage is counted at a declared rate, half a frame off at most', async () => {
  const { spans, shown } = spansOf(uneven, stretches);
  const { text, result } = await write(material(uneven, spans), { format: 'csv' });
  assert.match(
    result.notes[0],
    /variable frame rate, [\d.]+ frames per second on average: times are counted at/,
  );
  const video = exportVideo('v1', await probe(uneven));
  assert.equal(video.variable, true);
  const length = (video.rate.ntsc ? 1.001 : 1) / video.rate.timebase;
  parseCsv(text).forEach((row, index) => {
    const { pts } = shown[stretches[index][0]];
    assert.ok(Math.abs(Number(row.start_frame) * length - pts) <= length / 2 + 1e-9);
    assert.ok(Math.abs(Number(row.start) - pts) < 1e-6);
  });
});

describe('the file', () => {
  const one = material(mp4, [[1, 2]]);

  test('is not written over unless that is asked for, and then in one step', async () => {
    const out = inFolder('there.csv');
    writeFileSync(out, 'mine');
    await assert.rejects(exportMaterial(one, { format: 'csv', out }), {
      code: 'file-exists',
      message: /there\.csv/,
    });
    await assert.rejects(checkExport({ format: 'csv', out }), { code: 'file-exists' });
    assert.equal(readFileSync(out, 'utf8'), 'mine');
    await exportMaterial(one, { format: 'csv', out, overwrite: true });
    assert.equal(parseCsv(readFileSync(out, 'utf8')).length, 1);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes('.part')),
      [],
    );
  });

  test('clears away what an export that was killed has left there, and nothing else', async () => {
    const out = inFolder('left');
    mkdirSync(out);
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const [old, young] = [`.a.${dead}.part.csv`, `.b.${dead}.part.csv`];
    for (const name of [old, young, 'notes.part.csv']) writeFileSync(path.join(out, name), '');
    for (const name of [old, 'notes.part.csv'])
      utimesSync(path.join(out, name), 1000, Date.now() / 1000 - 3600);
    await exportMaterial(material(mp4, [[0, 1]]), { format: 'csv', out: path.join(out, 'a.csv') });
    const left = readdirSync(out).sort();
    assert.ok(!left.includes(old) && left.includes(young) && left.includes('notes.part.csv'));
    assert.ok(left.includes('a.csv'));
  });

  test('is never footage, by whatever name, not even with --overwrite', async () => {
    const [hard, soft, other] = ['hard.csv', 'soft.csv', 'other.mp4'].map(inFolder);
    linkSync(mp4, hard);
    symlinkSync(mp4, soft);
    copyFileSync(mkv, other);
    const before = readFileSync(mp4);
    for (const out of [mp4, hard, soft])
      await assert.rejects(exportMaterial(one, { format: 'csv', out, overwrite: true }), {
        code: 'bad-argument',
        message: /never written over/,
      });
    await assert.rejects(
      exportMaterial(one, { format: 'csv', out: other, overwrite: true, footage: [other] }),
      {
        code: 'bad-argument',
      },
    );
    assert.ok(before.equals(readFileSync(mp4)));
  });

  test('needs a folder that is there, and is no folder itself', async () => {
    mkdirSync(inFolder('a-folder'));
    await assert.rejects(checkExport({ format: 'csv', out: inFolder('no/where.csv') }), {
      code: 'file-not-found',
    });
    await assert.rejects(checkExport({ format: 'csv', out: inFolder('a-folder'), overwrite: true }), {
      code: 'bad-argument',
      message: /not a plain file/,
    });
    await assert.rejects(checkExport({ format: 'docx', out: inFolder('x') }), {
      message: /one of edl, fcpxml/,
    });
    await assert.rejects(checkExport({ format: 'csv', out: inFolder('x'), rate: '31' }), {
      message: /got "31"/,
    });
  });

  test('moments of a video that is gone are left out and told; where nothing is left, that is an error', async () => {
    const gone = inFolder('gone.mp4');
    const moments = [...one.moments, { ...one.moments[0], videoId: 'v2' }];
    const paths = new Map([...one.paths, ['v2', gone]]);
    const { result, text } = await write({ ...one, moments, paths }, { format: 'csv' });
    assert.deepEqual(
      result.skipped.map(({ path: file, moments: some, error }) => [file, some, error.code]),
      [[gone, 1, 'file-not-found']],
    );
    assert.equal(parseCsv(text).length, 1);
    const out = inFolder('nothing.csv');
    await assert.rejects(exportMaterial(material(gone, [[0, 1]]), { format: 'csv', out }), {
      code: 'file-not-found',
    });
    await assert.rejects(exportMaterial(material(mp4, []), { format: 'csv', out }), {
      code: 'nothing-to-export',
    });
    assert.equal(existsSync(out), false);
  });
});

test('what was found and what was answered become moments', () => {
  const moment = {
    videoId: 'v1',
    path: mp4,
    start: 1,
    end: 2,
    score: 3,
    confidence: 0.9,
    source: 'scene' as const,
    reason: 'r',
  };
  const found = materialOfFind({
    query: 'a dog',
    gamma: 1,
    model: 'm',
    confident: false,
    moments: [{ ...moment, checked: 0.8 }],
    latencyMs: 1,
    examined: { videos: 1, seconds: 4 },
    skipped: 0,
    refined: true,
  });
  assert.deepEqual(found.moments, [
    {
      videoId: 'v1',
      start: 1,
      end: 2,
      title: 'a dog',
      note: 'r',
      confidence: 0.9,
      score: 3,
      source: 'scene',
      checked: 0.8,
    },
  ]);
  assert.deepEqual([found.confident, [...found.paths]], [false, [['v1', mp4]]]);
  const answered = materialOfAnswer({
    question: 'Is there a dog?',
    answer: 'yes',
    gamma: 1,
    model: 'm',
    cached: false,
    confidence: 0.9,
    confident: true,
    evidence: [{ start: 1, end: 2, score: 0.7, reason: 'saw dog' }],
    timing: { prefillMs: 0, decodeMs: 0, tokens: 0, totalMs: 0 },
    videoId: 'v1',
    path: mp4,
    read: { patches: 1, ofPatches: 1 },
  });
  assert.deepEqual([...answered.paths], [['v1', mp4]]);
  assert.deepEqual(answered.moments, [
    { videoId: 'v1', start: 1, end: 2, title: 'Is there a dog? yes', note: 'saw dog', confidence: 0.7 },
  ]);
});

test('without a place to write to the text comes back; clips need one', async () => {
  const { text, out } = await exportMaterial(material(mp4, [[1, 2]]), { format: 'csv' });
  assert.deepEqual([parseCsv(text!).length, out], [1, null]);
  await assert.rejects(exportMaterial(material(mp4, [[1, 2]]), { format: 'clips' }), {
    code: 'bad-argument',
    message: /need a folder/,
  });
});

/** Rewrites the sample description of a QuickTime timecode track: how it counts, and its first number. */
function setTimecode(
  file: string,
  {
    scale,
    frame,
    perSecond,
    drop,
    first,
  }: Record<'scale' | 'frame' | 'perSecond' | 'drop' | 'first', number>,
) {
  const bytes = readFileSync(file);
  let entry = bytes.indexOf('tmcd');
  // The description has six reserved bytes and the number of its data reference behind its name.
  while (entry >= 0 && bytes.toString('hex', entry + 4, entry + 12) !== '0000000000000001')
    entry = bytes.indexOf('tmcd', entry + 4);
  const flags = bytes.readUInt32BE(entry + 16);
  bytes.writeUInt32BE(drop ? flags | 1 : flags & ~1, entry + 16);
  bytes.writeUInt32BE(scale, entry + 20);
  bytes.writeUInt32BE(frame, entry + 24);
  bytes[entry + 28] = perSecond;
  const offset = bytes.readUInt32BE(bytes.indexOf('stco', entry) + 12);
  bytes.writeUInt32BE(first, offset);
  writeFileSync(file, bytes);
}

describe('a timecode track', () => {
  test('that counts at half the pictures’ rate numbers two of them each', async () => {
    const file = inFolder('camera.mov');
    makeCodedVideo(file, {
      frames: 600,
      fps: 60,
      output: ['-vf', 'settb=1/60000,setpts=N*1001', '-r', '60000/1001', ...h264, '-timecode', '01:00:10;40'],
    });
    // 01:00:10;20 at 29.97 drop-frame.
    setTimecode(file, { scale: 30_000, frame: 1001, perSecond: 30, drop: 1, first: 108_212 });
    const info = await probe(file);
    assert.deepEqual([info.timecode, Math.round(info.timecodeFps! * 100)], ['01:00:10;20', 2997]);
    const moments = material(file, [[5.005, 7.007]]);
    const { text } = await write(moments, { format: 'edl' });
    assert.deepEqual(parseEdl(text).events[0].times.slice(0, 2), ['01:00:15;40', '01:00:17;40']);
    const slow = await write(moments, { format: 'edl', rate: '29.97' });
    assert.deepEqual(parseEdl(slow.text).events[0].times.slice(0, 2), ['01:00:15;20', '01:00:17;20']);
    const [row] = parseCsv((await write(moments, { format: 'csv' })).text);
    assert.equal(row.start_timecode, '01:00:15;40');
    const premiere = parseXml((await write(moments, { format: 'xmeml' })).text).root;
    assert.equal(child(all(premiere, 'file')[0], 'timecode', 'string').text, '01:00:10;40');
  });

  test('begins anew at midnight, in every format', async () => {
    const file = inFolder('midnight.mov');
    makeCodedVideo(file, { frames: 500, output: [...h264, '-timecode', '23:59:50:00'] });
    const moments = material(file, [[15, 17]]);
    const edl = parseEdl((await write(moments, { format: 'edl' })).text);
    assert.deepEqual(edl.events[0].times.slice(0, 2), ['00:00:05:00', '00:00:07:00']);
    const [row] = parseCsv((await write(moments, { format: 'csv' })).text);
    assert.deepEqual([row.start_timecode, row.end_timecode], ['00:00:05:00', '00:00:07:00']);
  });
});

test('microphones on streams of their own are all laid out, in the file’s order; languages are not', async () => {
  const four = inFolder('four.mxf');
  const tones = [300, 400, 500, 600].flatMap((hertz) => [
    '-f',
    'lavfi',
    '-i',
    `sine=${hertz}:sample_rate=48000:d=2`,
  ]);
  const maps = ['0', '1', '2', '3', '4'].flatMap((input) => ['-map', input]);
  makeCodedVideo(four, {
    frames: 50,
    width: 320,
    height: 180,
    inputs: tones,
    output: [...maps, '-c:v', 'mpeg2video', '-pix_fmt', 'yuv422p', '-c:a', 'pcm_s16le'],
  });
  const moments = material(four, [[0.4, 1.2]]);
  const premiere = parseXml((await write(moments, { format: 'xmeml' })).text).root;
  assert.deepEqual(
    all(all(premiere, 'file')[0], 'channelcount').map(({ text }) => text),
    ['1', '1', '1', '1'],
  );
  const tracks = all(child(premiere, 'sequence', 'media', 'audio'), 'track');
  assert.deepEqual(
    tracks.map((track) => all(track, 'trackindex')[0].text),
    ['1', '2', '3', '4'],
  );
  const asset = all(parseXml((await write(moments, { format: 'fcpxml' })).text).root, 'asset')[0].attributes;
  assert.deepEqual([asset.audioSources, asset.audioChannels], ['4', '4']);
  const [event] = parseEdl((await write(moments, { format: 'edl' })).text).events;
  assert.deepEqual([event.channels, event.further], ['AA/V', [3, 4]]);
  const otio = parseOtio((await write(moments, { format: 'otio' })).text);
  assert.deepEqual(
    otio.tracks.map(({ kind }) => kind),
    ['Video', 'Audio', 'Audio', 'Audio', 'Audio'],
  );

  const dubbed = inFolder('dubbed.mov');
  ffmpeg([
    '-i',
    four,
    ...['0:v', '0:a:0', '0:a:1'].flatMap((stream) => ['-map', stream]),
    '-c:v',
    'libx264',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
    '-metadata:s:a:0',
    'language=eng',
    '-metadata:s:a:1',
    'language=deu',
    dubbed,
  ]);
  assert.deepEqual(exportVideo('v', await probe(dubbed)).audioStreams, [1]);
});
