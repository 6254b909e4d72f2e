import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exportFormatNames } from '../protocol/export.ts';
import { exportMoments, type TextFormat } from './index.ts';
import { convertFrames, fractionOf, rateName, secondsIn, type FrameRate } from './rate.ts';
import {
  all,
  child,
  parseCsv,
  parseEdl,
  parseOtio,
  parseTime,
  parseVtt,
  parseXml,
  type Node,
} from './testing/parsers.ts';
import { parseTimecode } from './timecode.ts';
import type { ExportMoment } from './timeline.ts';
import type { ExportVideo } from './video.ts';

const rate = (timebase: number, ntsc = false): FrameRate => ({ timebase, ntsc });
const park: ExportVideo = {
  id: 'v1',
  path: '/films/park.mp4',
  rate: rate(25),
  variable: false,
  rateNote: undefined,
  dropFrame: false,
  firstFrame: 0,
  videoStartSec: 0,
  durationSec: 7200,
  width: 1920,
  height: 1080,
  audioChannels: 2,
  audioStreams: [2],
};

/** What the tests look at in the JSON. */
interface WrittenJson {
  timeline: { numerator: number; denominator: number; dropFrame: boolean };
  notes: string[];
  videos: { path: string; rateNote: string | null }[];
  moments: Record<'startFrame' | 'endFrame' | 'start' | 'end', number>[] &
    Record<'startTimecode' | 'endTimecode' | 'title', string>[];
}
const readJson = (text: string) => JSON.parse(text) as WrittenJson;

/** Stretches in frames; the last is one frame, and far into the film. */
const stretches = [
  [250, 381],
  [0, 1],
  [107_000, 107_451],
  [1798, 1802],
  [140_000, 140_001],
] as const;

function momentsOf(video: ExportVideo): ExportMoment[] {
  return stretches.map(([from, past], index) => ({
    videoId: video.id,
    start: secondsIn(from, video.rate),
    end: secondsIn(past, video.rate),
    title: 'a dog',
    note: `saw dog (0.7${index})`,
    confidence: 0.88,
    score: 2.5,
    source: 'object',
  }));
}

const variants: { name: string; video: ExportVideo; dropFrame: boolean }[] = [
  [rate(24, true), false],
  [rate(24), false],
  [rate(25), false],
  [rate(30, true), true],
  [rate(30, true), false],
  [rate(30), false],
  [rate(48), false],
  [rate(50), false],
  [rate(60, true), true],
  [rate(60, true), false],
  [rate(60), false],
].map(([of, drop]) => {
  const video = { ...park, rate: of as FrameRate, dropFrame: drop as boolean };
  return { name: `${rateName(video.rate)}${drop ? ' drop-frame' : ''}`, video, dropFrame: video.dropFrame };
});

/** Lengths one behind another. */
const records = stretches.map((_, index) =>
  [index, index + 1].map((count) =>
    stretches.slice(0, count).reduce((sum, [from, past]) => sum + past - from, 0),
  ),
);

const frames = (text: string, of: FrameRate) => {
  const [numerator, denominator] = parseTime(text);
  const [top, bottom] = fractionOf(of);
  assert.equal((numerator * top) % (denominator * bottom), 0n, `${text} is no whole frame`);
  return Number((numerator * top) / (denominator * bottom));
};
const number = (node: Node, ...path: string[]) => Number(child(node, ...path).text);

for (const { name, video, dropFrame } of variants)
  describe(`at ${name} frames per second`, () => {
    const write = (format: TextFormat) =>
      exportMoments(momentsOf(video), [video], { format, title: 'a dog' });
    const counting = { rate: video.rate, dropFrame };

    test('an edit list names the very frames', () => {
      const { title, dropFrame: mode, events, notes } = parseEdl(write('edl'));
      assert.deepEqual([title, mode], ['a dog', dropFrame]);
      assert.ok(notes[0].startsWith(`${rateName(video.rate)} frames per second`), notes[0]);
      const hour = parseTimecode('01:00:00:00', counting)!;
      assert.deepEqual(
        events.map(({ times }) => times.map((time) => parseTimecode(time, counting))),
        stretches.map((stretch, index) => [...stretch, ...records[index].map((frame) => hour + frame)]),
      );
      assert.ok(events.every(({ times }) => times.every((time) => time.includes(';') === dropFrame)));
    });

    test('FCPXML names the very frames', () => {
      const { doctype, root } = parseXml(write('fcpxml'));
      assert.deepEqual([doctype, root.name, root.attributes.version], ['fcpxml', 'fcpxml', '1.8']);
      const [format] = all(root, 'format');
      assert.equal(frames(format.attributes.frameDuration, video.rate), 1);
      const sequence = all(root, 'sequence')[0];
      assert.equal(sequence.attributes.tcFormat, dropFrame ? 'DF' : 'NDF');
      assert.equal(frames(sequence.attributes.duration, video.rate), records.at(-1)![1]);
      const clips = all(root, 'asset-clip').map(({ attributes: { start, duration, offset } }) =>
        [start, duration, offset].map((time) => frames(time, video.rate)),
      );
      assert.deepEqual(
        clips,
        stretches.map(([from, past], index) => [from, past - from, records[index][0]]),
      );
    });

    test('xmeml names the very frames', () => {
      const { doctype, root } = parseXml(write('xmeml'));
      assert.deepEqual([doctype, root.name], ['xmeml', 'xmeml']);
      const sequence = child(root, 'sequence');
      for (const where of [sequence, ...all(root, 'clipitem')])
        assert.deepEqual(
          [number(where, 'rate', 'timebase'), child(where, 'rate', 'ntsc').text],
          [video.rate.timebase, video.rate.ntsc ? 'TRUE' : 'FALSE'],
        );
      const timecode = child(sequence, 'timecode');
      assert.equal(parseTimecode(child(timecode, 'string').text, counting), number(timecode, 'frame'));
      assert.equal(child(timecode, 'displayformat').text, dropFrame ? 'DF' : 'NDF');
      const items = all(child(sequence, 'media', 'video'), 'clipitem').map((item) =>
        ['in', 'out', 'start', 'end'].map((name) => number(item, name)),
      );
      assert.deepEqual(
        items,
        stretches.map((stretch, index) => [...stretch, ...records[index]]),
      );
    });

    test('OpenTimelineIO names the very frames', () => {
      const { name: title, start, tracks } = parseOtio(write('otio'));
      const [numerator, denominator] = fractionOf(video.rate).map(Number);
      assert.deepEqual([title, start.value], ['a dog', parseTimecode('01:00:00:00', counting)]);
      assert.deepEqual(
        tracks.map(({ kind }) => kind),
        ['Video', 'Audio'],
      );
      for (const { items } of tracks) {
        assert.deepEqual(
          items.map((item) => [item.start.value, item.duration.value]),
          stretches.map(([from, past]) => [from, past - from]),
        );
        for (const item of items) {
          for (const time of [item.start, item.duration, start])
            assert.equal(time.rate, numerator / denominator);
          assert.equal(fileURLToPath(item.url!), video.path);
          assert.deepEqual(
            item.markers.map((marker) => [marker.name, marker.start.value]),
            [['a dog', item.start.value]],
          );
        }
      }
    });

    test('chapters begin within their first frame, never before it', () => {
      const { cues } = parseVtt(write('vtt'));
      const sorted = stretches.toSorted(([a], [b]) => a - b);
      const [top, bottom] = fractionOf(video.rate).map(Number);
      const shown = (seconds: number) => Math.floor((Math.round(seconds * 1000) * top) / (1000 * bottom));
      assert.deepEqual(
        cues.map(({ start, end }) => [shown(start), shown(end)]),
        sorted,
      );
    });

    test('CSV and JSON tell frames, timecodes and seconds that agree', () => {
      const rows = parseCsv(write('csv'));
      const json = readJson(write('json'));
      const [top, bottom] = fractionOf(video.rate).map(Number);
      assert.deepEqual(
        [json.timeline.numerator, json.timeline.denominator, json.timeline.dropFrame],
        [top, bottom, dropFrame],
      );
      stretches.forEach(([from, past], index) => {
        const row = rows[index];
        const moment = json.moments[index];
        assert.deepEqual([Number(row.start_frame), Number(row.end_frame)], [from, past]);
        assert.deepEqual([moment.startFrame, moment.endFrame], [from, past]);
        for (const [text, frame] of [
          [row.start_timecode, from],
          [row.end_timecode, past],
          [moment.startTimecode, from],
          [moment.endTimecode, past],
        ] as const)
          assert.equal(parseTimecode(text, counting), frame);
        assert.ok(Math.abs(Number(row.start) - (from * bottom) / top) < 1e-6);
        assert.ok(Math.abs(moment.end - (past * bottom) / top) < 1e-9);
      });
    });
  });

test('times between frames go to the nearest frame, and no moment is empty or outlasts its video', () => {
  const video = { ...park, durationSec: 4 };
  const moments = [
    [1.019, 1.021],
    [1.021, 1.5],
    [3.9, 9],
    [8, 9],
  ].map(([start, end]) => ({ ...momentsOf(video)[0], start, end }));
  const { moments: written } = readJson(exportMoments(moments, [video], { format: 'json', title: 'x' }));
  assert.deepEqual(
    written.map((moment) => [moment.startFrame, moment.endFrame]),
    [
      [25, 26],
      [26, 38],
      [98, 100],
      [99, 100],
    ],
  );
});

test('the recording’s own timecode is where its frames are found', () => {
  const video = { ...park, rate: rate(30, true), dropFrame: true, firstFrame: 107_892 };
  const edl = parseEdl(exportMoments(momentsOf(video), [video], { format: 'edl', title: 'a dog' }));
  assert.equal(edl.events[0].times[0], '01:00:08;10');
  const { root } = parseXml(exportMoments(momentsOf(video), [video], { format: 'fcpxml', title: 'a dog' }));
  const [asset] = all(root, 'asset');
  assert.equal(frames(asset.attributes.start, video.rate), 107_892);
  assert.equal(frames(all(root, 'asset-clip')[0].attributes.start, video.rate), 107_892 + 250);
  const premiere = parseXml(
    exportMoments(momentsOf(video), [video], { format: 'xmeml', title: 'a dog' }),
  ).root;
  const file = all(premiere, 'file')[0];
  assert.equal(child(file, 'timecode', 'string').text, '01:00:00;00');
  assert.equal(number(all(premiere, 'clipitem')[0], 'in'), 250);
});

test('a source keeps its drop-frame timecode in a list that has none', () => {
  const video = { ...park, rate: rate(30, true), dropFrame: true, firstFrame: 107_892 };
  const options = { format: 'edl', title: 'x', rate: video.rate, dropFrame: false } as const;
  const { dropFrame, events } = parseEdl(exportMoments(momentsOf(video), [video], options));
  assert.deepEqual(
    [dropFrame, events[0].times[0], events[0].times[2]],
    [false, '01:00:08;10', '01:00:00:00'],
  );
});

test('uneven footage gets a declared rate, and every format that can say so does', () => {
  const rateNote = 'variable frame rate, 27.1 frames per second on average: counted at 25';
  const video = { ...park, variable: true, rateNote };
  const moments = [{ ...momentsOf(video)[0], start: 10.017, end: 12.345 }];
  const write = (format: TextFormat) => exportMoments(moments, [video], { format, title: 'x' });
  assert.ok(parseEdl(write('edl')).notes.some((note) => note.includes(rateNote)));
  for (const format of ['fcpxml', 'xmeml'] as const)
    assert.ok(parseXml(write(format)).comments[0].includes(rateNote), format);
  assert.ok(parseVtt(write('vtt')).notes.some((note) => note.includes(rateNote)));
  assert.equal(parseCsv(write('csv'))[0].rate_note, rateNote);
  const json = readJson(write('json'));
  assert.equal(json.videos[0].rateNote, rateNote);
  assert.ok(json.notes[0].includes(rateNote));
  // In seconds the moment keeps its own times, which are those of real frames.
  assert.deepEqual([json.moments[0].start, json.moments[0].end], [10.017, 12.345]);
  assert.deepEqual([json.moments[0].startFrame, json.moments[0].endFrame], [250, 309]);
});

test('videos of several rates share one timeline, each cut from its own frames', () => {
  const film = {
    ...park,
    id: 'v2',
    path: '/films/Park (copy).mov',
    rate: rate(24, true),
    audioChannels: 0,
    audioStreams: [],
  };
  const moments = [momentsOf(park)[0], momentsOf(film)[0]];
  const write = (format: TextFormat, of?: FrameRate) =>
    exportMoments(moments, [park, film], { format, title: 'a dog', rate: of });
  const length = convertFrames(131, film.rate, park.rate);
  const { root } = parseXml(write('xmeml'));
  assert.deepEqual(
    all(child(root, 'sequence', 'media', 'video'), 'clipitem').map((item) =>
      ['in', 'out', 'start', 'end'].map((name) => number(item, name)),
    ),
    [
      [250, 381, 0, 131],
      [250, 381, 131, 131 + length],
    ],
  );
  assert.equal(all(child(root, 'sequence', 'media', 'audio'), 'clipitem').length, 2);
  const final = all(parseXml(write('fcpxml')).root, 'asset-clip')[1].attributes;
  assert.deepEqual([frames(final.start, film.rate), frames(final.duration, park.rate)], [250, length]);
  const [pictures, sound] = parseOtio(write('otio')).tracks;
  assert.deepEqual(
    pictures.items.map((item) => [
      item.start.value,
      Math.round(item.start.rate * 1000),
      item.duration.value,
      item.duration.rate,
    ]),
    [
      [250, 25_000, 131, 25],
      [250, 23_976, length, 25],
    ],
  );
  assert.deepEqual(
    sound.items.map((item) => [item.schema, item.duration.value]),
    [
      ['Clip.1', 131],
      ['Gap.1', length],
    ],
  );
  const edl = parseEdl(write('edl'));
  assert.deepEqual(
    edl.events.map(({ reel, channels }) => [reel, channels]),
    [
      ['PARK', 'AA/V'],
      ['PARKCOPY', 'V'],
    ],
  );
  const [from, past] = edl.events[1].times.map((time) =>
    parseTimecode(time, { rate: park.rate, dropFrame: false })!,
  );
  assert.deepEqual([from, past - from], [convertFrames(250, film.rate, park.rate), length]);
  assert.match(edl.notes.join(), /Park \(copy\)\.mov: counted at 23\.976, the timeline runs at 25/);
  assert.equal(parseEdl(write('edl', rate(30, true))).dropFrame, true);
});

const nasty = `a <b> & "c" 'd' ]]> -- --> {e}\r\n* FROM CLIP NAME: x\u0007 \ud800 \u2028 🐕, 吉他`;

test('names and words can break no format', () => {
  const video = { ...park, path: `/films/x & <y> "z" --> 'ü' #1%, 吉他.mp4`, rateNote: nasty };
  const moments = [{ ...momentsOf(video)[0], title: nasty, note: nasty }];
  const write = (format: TextFormat) => exportMoments(moments, [video], { format, title: nasty });
  const inOneLine = `a <b> & "c" 'd' ]]> -- --> {e} * FROM CLIP NAME: x  \ufffd   🐕, 吉他`;

  const edl = parseEdl(write('edl'));
  assert.deepEqual([edl.events.length, edl.notes.length, edl.title], [1, 2, inOneLine.slice(0, 70)]);
  assert.equal(edl.events[0].comments['FROM CLIP NAME'], `x & <y> "z" --> 'ü' #1%, 吉他.mp4`);
  for (const format of ['fcpxml', 'xmeml'] as const) {
    const { root, comments } = parseXml(write(format));
    assert.equal(comments.length, 1);
    const url = format === 'fcpxml' ? all(root, 'asset')[0].attributes.src : all(root, 'pathurl')[0].text;
    assert.equal(fileURLToPath(url), video.path);
    const marker = all(root, 'marker')[0];
    assert.equal(format === 'fcpxml' ? marker.attributes.value : child(marker, 'name').text, inOneLine);
  }
  const [item] = parseOtio(write('otio')).tracks[0].items;
  assert.deepEqual([fileURLToPath(item.url!), item.markers[0].name], [video.path, inOneLine]);
  const { cues } = parseVtt(write('vtt'));
  assert.equal(cues[0].text, `${inOneLine} (88 %): ${inOneLine}`);
  const [row] = parseCsv(write('csv'));
  assert.deepEqual([row.title, row.path, row.rate_note], [inOneLine, video.path, nasty]);
  const json = readJson(write('json'));
  assert.deepEqual([json.moments[0].title, json.videos[0].path], [nasty, video.path]);
});

test('a table is no place for formulas', () => {
  const video = { ...park, path: '/films/=1+1.mp4' };
  const moments = [{ ...momentsOf(video)[0], title: '=HYPERLINK("http://x")', note: '-1' }];
  const csv = exportMoments(moments, [video], { format: 'csv', title: 'x' });
  assert.match(csv, /,'=1\+1\.mp4,/);
  assert.match(csv, /"'=HYPERLINK\(""http:\/\/x""\)"/);
  const [row] = parseCsv(csv);
  assert.deepEqual([row.title, row.video, row.why], ['=HYPERLINK("http://x")', '=1+1.mp4', '-1']);
});

test('chapters don’t overlap in part, and belong to one video', () => {
  const at = (start: number, end: number) => ({ ...momentsOf(park)[0], start, end });
  const vtt = exportMoments([at(10, 20), at(5, 12), at(6, 7)], [park], { format: 'vtt', title: 'x' });
  assert.deepEqual(
    parseVtt(vtt).cues.map(({ start, end }) => [start, end]),
    [
      [5, 10],
      [6, 7],
      [10, 20],
    ],
  );
  const two = [at(1, 2), { ...at(1, 2), videoId: 'v2' }];
  assert.throws(() => exportMoments(two, [park, { ...park, id: 'v2' }], { format: 'vtt', title: 'x' }), {
    code: 'bad-argument',
    message: /one video.*from 2/,
  });
});

test('an unknown format is refused with the list of those that are known', () => {
  for (const format of ['', 'avi', 'toString', 'constructor', 7, undefined])
    assert.throws(
      () => exportMoments(momentsOf(park), [park], { format: format as TextFormat, title: 'x' }),
      { code: 'bad-argument', message: /one of edl, fcpxml, xmeml, otio, vtt, csv, json, clips, got/ },
      String(format),
    );
  assert.deepEqual(exportFormatNames.at(-1), 'clips');
  const premiere = exportMoments(momentsOf(park), [park], { format: 'Premiere' as TextFormat, title: 'x' });
  assert.equal(parseXml(premiere).doctype, 'xmeml');
});

test('what can’t be exported is refused', () => {
  const write = (moments: ExportMoment[], videos: ExportVideo[], format: TextFormat = 'edl') =>
    exportMoments(moments, videos, { format, title: 'a dog' });
  const one = momentsOf(park)[0];
  assert.throws(() => write([], [park]), { code: 'nothing-to-export', message: /"a dog"/ });
  assert.throws(() => write([one], []), { code: 'bad-argument', message: /v1/ });
  assert.throws(() => write([{ ...one, start: NaN }], [park]), { code: 'bad-argument' });
  assert.throws(() => write([{ ...one, start: 5, end: 4 }], [park]), { code: 'bad-argument' });
  const many = Array.from({ length: 1000 }, () => one);
  assert.throws(() => write(many, [park]), {
    code: 'bad-argument',
    message: /999 moments, and these are 1000/,
  });
  assert.equal(parseCsv(write(many, [park], 'csv')).length, 1000);
  const endless = { ...park, durationSec: 90_000 };
  const overnight = parseEdl(write([{ ...one, start: 86_399, end: 86_401 }], [endless])).events[0];
  assert.deepEqual(overnight.times.slice(0, 2), ['23:59:59:00', '00:00:01:00']);
  assert.throws(() => write([{ ...one, start: 0, end: 83_000 }], [endless]), {
    message: /ends before 24:00:00:00/,
  });
});
