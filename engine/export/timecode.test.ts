import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  convertFrames,
  framesIn,
  nearestStandard,
  parseRate,
  rateName,
  recognise,
  secondsIn,
  standardFor,
  standardRates,
} from './rate.ts';
import { formatTimecode, framesOfDay, parseTimecode } from './timecode.ts';

const ntsc30 = { timebase: 30, ntsc: true };
const ntsc60 = { timebase: 60, ntsc: true };
const drop30 = { rate: ntsc30, dropFrame: true };
const drop60 = { rate: ntsc60, dropFrame: true };

test('drop-frame timecodes are those of SMPTE 12M', () => {
  for (const [frame, text] of [
    [0, '00:00:00;00'],
    [1799, '00:00:59;29'],
    [1800, '00:01:00;02'],
    [3597, '00:01:59;29'],
    [3598, '00:02:00;02'],
    [17981, '00:09:59;29'],
    [17982, '00:10:00;00'],
    [17982 + 1800, '00:11:00;02'],
    [107892, '01:00:00;00'],
    [2589407, '23:59:59;29'],
  ] as const) {
    assert.equal(formatTimecode(frame, drop30), text);
    assert.equal(parseTimecode(text, drop30), frame);
  }
  for (const [frame, text] of [
    [3599, '00:00:59;59'],
    [3600, '00:01:00;04'],
    [35964, '00:10:00;00'],
    [215784, '01:00:00;00'],
  ] as const) {
    assert.equal(formatTimecode(frame, drop60), text);
    assert.equal(parseTimecode(text, drop60), frame);
  }
});

test('non-drop timecodes count on: an hour of 29.97 is 3.6 seconds short of an hour on the clock', () => {
  const counting = { rate: ntsc30, dropFrame: false };
  assert.equal(formatTimecode(framesIn(3600, ntsc30), counting), '00:59:56:12');
  assert.equal(formatTimecode(framesIn(3600, ntsc30), drop30), '01:00:00;00');
});

test('every frame of eleven minutes has its own timecode at every rate', () => {
  for (const rate of standardRates)
    for (const dropFrame of [false, true]) {
      const counting = { rate, dropFrame };
      const seen = new Set<string>();
      for (let frame = 0; frame < rate.timebase * 660; frame++) {
        const text = formatTimecode(frame, counting);
        if (parseTimecode(text, counting) !== frame || seen.has(text))
          assert.fail(`${rateName(rate)} ${frame} ${text}`);
        seen.add(text);
      }
    }
});

test('timecodes begin anew at midnight', () => {
  const pal = { rate: { timebase: 25, ntsc: false }, dropFrame: false };
  assert.equal(formatTimecode(25 * 86_400 + 125, pal), '00:00:05:00');
  assert.equal(formatTimecode(-1, pal), '23:59:59:24');
  for (const counting of [drop30, drop60, pal]) {
    assert.equal(formatTimecode(framesOfDay(counting), counting).replace(';', ':'), '00:00:00:00');
    assert.equal(formatTimecode(framesOfDay(counting) - 1, counting).slice(0, 8), '23:59:59');
  }
});

test('what no frame is numbered with is no timecode', () => {
  for (const text of ['00:01:00;00', '00:01:00;01', '00:00:00;30', '00:60:00;00', '1:00:00;00', 'x', ''])
    assert.equal(parseTimecode(text, drop30), undefined, text);
  assert.equal(parseTimecode('00:10:00;00', drop30), 17982);
});

test('frames are counted without drift over a day', () => {
  const day = 86_400;
  assert.equal(framesIn(day, ntsc30), 2_589_411);
  assert.equal(framesIn(day, { timebase: 24, ntsc: true }), 2_071_528);
  for (const rate of standardRates)
    for (const frame of [0, 1, 17_981, 1_000_003, 5_184_001])
      assert.equal(framesIn(secondsIn(frame, rate), rate), frame, rateName(rate));
});

test('times before the start count down, and halves go up', () => {
  const one = { timebase: 10, ntsc: false };
  assert.deepEqual(
    [-0.15, -0.25, 0.05, 0.04].map((seconds) => framesIn(seconds, one)),
    [-1, -2, 1, 0],
  );
});

test('frames of one rate become frames of another', () => {
  const pal = { timebase: 25, ntsc: false };
  assert.equal(convertFrames(25 * 1001, pal, ntsc30), 30_000);
  assert.equal(convertFrames(30_000, ntsc30, pal), 25 * 1001);
  assert.equal(convertFrames(7, pal, pal), 7);
});

test('rates are recognised from what a file says, 29.97 is not 30', () => {
  for (const [measured, name] of [
    [24000 / 1001, '23.976'],
    [23.98, '23.976'],
    [24, '24'],
    [30000 / 1001, '29.97'],
    [29.97, '29.97'],
    [30, '30'],
    [30.0005, '30'],
    [60000 / 1001, '59.94'],
    [119.88, '119.88'],
    [12.5, undefined],
    [0, undefined],
  ] as const) {
    const rate = recognise(measured);
    assert.equal(rate && rateName(rate), name, String(measured));
  }
});

test('footage at an odd rate goes on a timeline that has its frames', () => {
  const onto = (timebase: number, ntsc = false) => {
    const rate = standardFor({ timebase, ntsc });
    return rate && rateName(rate);
  };
  assert.deepEqual(
    [15, 12, 10, 5].map((one) => onto(one)),
    ['30', '24', '30', '25'],
  );
  assert.deepEqual(
    [120, 100, 240].map((one) => onto(one)),
    ['60', '50', '60'],
  );
  assert.equal(onto(120, true), '59.94');
  assert.equal(onto(7), undefined);
  assert.deepEqual(
    [29.83, 24.1, 14, 0].map((one) => rateName(nearestStandard(one))),
    ['29.97', '24', '23.976', '30'],
  );
});

test('a timeline may be asked for in the usual words, and in no others', () => {
  assert.deepEqual(parseRate('29.97'), { rate: ntsc30, dropFrame: undefined });
  assert.deepEqual(parseRate(' 29.97NDF'), { rate: ntsc30, dropFrame: false });
  assert.deepEqual(parseRate('60000/1001df'), { rate: ntsc60, dropFrame: true });
  for (const text of ['', 'fast', '31', '25df', '30/0', '-25', '29.97x'])
    assert.throws(
      () => parseRate(text),
      { code: 'bad-argument', message: /one of 23\.976, 24, 25.*got/ },
      text,
    );
});
