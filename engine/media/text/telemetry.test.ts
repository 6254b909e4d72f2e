import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saidOnce } from './sources.ts';
import { telemetryOf } from './telemetry.ts';
import type { Block } from './types.ts';

const track = (count: number, text: (at: number) => string, length = 1 / 30): Block[] =>
  Array.from({ length: count }, (_, at) => ({
    start: at * length,
    end: (at + 1) * length,
    lines: text(at).split('\n'),
  }));

test('a drone’s track of numbers is read as telemetry, one sample a second', () => {
  const samples = telemetryOf(
    track(
      300,
      (at) =>
        `FrameCnt: ${at + 1}, DiffTime: 33ms\n2026-05-01 10:00:0${Math.floor(at / 30)}.000\n[iso: 100] [shutter: 1/640.0] [fnum: 2.8] [ev: 0] [ct: 5500] [color_md: default] [focal_len: 24.00] [latitude: 47.${360_000 + at}] [longitude: -8.54] [rel_alt: 31.200 abs_alt: 440.1]`,
    ),
  )!;
  assert.equal(samples.length, 10);
  const { time, ...first } = samples[0];
  assert.equal(time, 0);
  assert.deepEqual(first, {
    iso: 100,
    shutter: '1/640.0',
    fNumber: 2.8,
    exposureValue: 0,
    colourTemperatureK: 5500,
    focalLengthMm: 24,
    latitude: 47.36,
    longitude: -8.54,
    heightM: 31.2,
    altitudeM: 440.1,
    clock: '2026-05-01 10:00:00',
  });
  assert.equal(samples[9].latitude, 47.36027);
});

test('so are those of older drones and of dashcams', () => {
  const old = telemetryOf(
    track(
      10,
      () =>
        'HOME(8.5400,47.3600) 2016.08.01 12:00:00\nGPS(8.5412,47.3602,19) BAROMETER:12.3\nISO:100 Shutter:60 EV: Fnum:F2.2',
      1,
    ),
  )!;
  assert.deepEqual(
    [old[0].latitude, old[0].longitude, old[0].heightM, old[0].iso, old[0].shutter, old[0].fNumber],
    [47.3602, 8.5412, 12.3, 100, '1/60', 2.2],
  );
  const middle = telemetryOf(
    track(
      10,
      () =>
        'F/2.8, SS 205.97, ISO 100, EV 0, DZOOM 1.000, GPS (8.5412, 47.3602, 18), D 24.26m, H 6.00m, H.S 0.00m/s, V.S 0.00m/s',
      1,
    ),
  )!;
  assert.deepEqual(
    [middle[0].fNumber, middle[0].heightM, middle[0].latitude, middle[0].speedMps],
    [2.8, 6, 47.3602, 0],
  );
  const dashcam = telemetryOf(
    track(10, () => '2026/05/01 12:00:00 GPS(W: 8.5412, N: 47.3602, 31m) SPEED: 12.5 m/s', 1),
  )!;
  assert.deepEqual(
    [dashcam[0].longitude, dashcam[0].latitude, dashcam[0].speedMps],
    [-8.5412, 47.3602, 12.5],
  );
});

test('speech with numbers in it stays speech', () => {
  for (const line of [
    'We shot it at ISO 100, 1/640, f/2.8.',
    'On 2026-05-01 at 10:00 he was 31 metres up.',
    'Call 555-0199, extension 24, room 7.',
    '12, 13, 14, 15, 16, 17',
    'latitude 47, north',
    '',
  ])
    assert.equal(
      telemetryOf(track(50, (at) => (at % 5 === 0 ? line : 'And then we went on.'), 2)),
      undefined,
      line,
    );
  assert.equal(telemetryOf([]), undefined);
});

test('the same line from two sources is told once, the first source’s', () => {
  const cue = (start: number, text: string) => ({ start, end: start + 1, text });
  const lines = saidOnce([
    { cues: [cue(1, 'Good morning, everybody!'), cue(20, 'Yes.'), cue(21, 'Yes.')], language: 'en' },
    {
      cues: [cue(1.04, 'Good morning everybody'), cue(10, 'GOOD MORNING EVERYBODY'), cue(22, 'YES')],
      language: 'eng',
    },
    { cues: [cue(1, '…'), cue(1, '!')], language: undefined },
  ]);
  assert.deepEqual(
    lines.map(({ start, text, language }) => [start, text, language]),
    [
      [1, 'Good morning, everybody!', 'en'],
      [20, 'Yes.', 'en'],
      [21, 'Yes.', 'en'],
      [10, 'GOOD MORNING EVERYBODY', 'eng'],
      [1, '…', undefined],
      [1, '!', undefined],
    ],
  );
});
