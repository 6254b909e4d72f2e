import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../../tests/fixtures/library.ts';
import { probe } from '../../probe.ts';
import { findMediaTools } from '../../tools.ts';
import { makeCaptionedVideo, popOn, withParity, type CaptionScript } from '../testing/captioned-video.ts';
import { Cea608Field } from './cea608.ts';
import { Cea708 } from './cea708.ts';
import { readPictureCaptions } from './picture-captions.ts';
import { TransportReader } from './transport.ts';

const tools = await findMediaTools();

/** Pairs from a picture on, one a picture, on a field. */
function scripted(
  parts: readonly (readonly [picture: number, pairs: readonly [number, number][]])[],
  type = 0,
): CaptionScript {
  const script = new Map<number, { type: number; first: number; second: number }[]>();
  for (const [picture, pairs] of parts)
    for (const [index, [first, second]] of pairs.entries())
      script.set(picture + index, [{ type, first: withParity(first), second: withParity(second) }]);
  return script;
}

const clear: [number, number][] = [
  [0x14, 0x2c],
  [0x14, 0x2c],
];
const script = scripted([
  [50, popOn('GOOD MORNING EVERYBODY')],
  [100, popOn('THE OKAPI WALKS AT DAWN')],
  [150, clear],
]);

for (const [codec, extension] of [
  ['h264', 'ts'],
  ['h264', 'mp4'],
  ['h264', 'mkv'],
  ['hevc', 'mp4'],
  ['mpeg2video', 'ts'],
  ['mpeg2video', 'mpg'],
] as const)
  test(`captions in ${codec} pictures (${extension}) are read with the times at which they appear`, async (t) => {
    const file = join(temporaryFolder(t), `film.${extension}`);
    makeCaptionedVideo(file, 8, script, codec);
    const channels = await readPictureCaptions(file, await probe(file), tools, undefined);
    assert.deepEqual(
      channels.map((cues) => cues.map(({ text }) => text)),
      [['GOOD MORNING EVERYBODY', 'THE OKAPI WALKS AT DAWN']],
    );
    const [[first, second]] = channels;
    // The last but one pair of each shows it: 6 codes, half as many pairs as letters, then the code.
    for (const [time, picture] of [
      [first.start, 50 + 6 + 11],
      [first.end, 100 + 6 + 12],
      [second.start, 100 + 6 + 12],
      [second.end, 150],
    ])
      assert.ok(Math.abs(time - picture / 25) < 0.05, `${time} ${picture / 25}`);
  });

test('a video without captions in its pictures has none', async (t) => {
  const file = join(temporaryFolder(t), 'film.mp4');
  makeCaptionedVideo(file, 2, new Map());
  assert.deepEqual(await readPictureCaptions(file, await probe(file), tools, undefined), []);
});

function field(pairs: readonly (readonly [number, number])[]): string[][] {
  const reader = new Cea608Field();
  for (const [at, [first, second]] of pairs.entries()) reader.push(at, withParity(first), withParity(second));
  return reader
    .finish(1000)
    .map((blocks) => blocks.map(({ start, end, lines }) => `${start}-${end} ${lines.join(' / ')}`));
}

const text = (words: string): [number, number][] => popOn(words).slice(6, -2);

test('CEA-608: rolling captions tell each line once, painted ones when they are erased', () => {
  const rolling: [number, number][] = [
    [0x14, 0x25],
    [0x14, 0x2d],
    [0x14, 0x70],
    ...text('ONE LINE'),
    [0x14, 0x2d],
    ...text('TWO'),
    [0x14, 0x2c],
  ];
  assert.deepEqual(field(rolling), [['3-7 ONE LINE', '8-10 TWO'], []]);
  const painted: [number, number][] = [
    [0x14, 0x29],
    [0x11, 0x50],
    ...text('TOP'),
    [0x14, 0x70],
    ...text('LOW'),
    [0x14, 0x2c],
  ];
  assert.deepEqual(field(painted), [['2-7 TOP / LOW'], []]);
});

test('CEA-608: special and extended characters, backspace, tabs, two channels, data that is no caption', () => {
  const special: [number, number][] = [
    ...([
      [0x14, 0x29],
      [0x14, 0x70],
      [0x11, 0x37],
      [0x53, 0x2a],
    ] as [number, number][]),
    // An extended character replaces the plain one before it.
    ...([
      [0x41, 0x45],
      [0x12, 0x21],
      [0x41, 0x42],
      [0x14, 0x21],
      [0x17, 0x22],
      [0x43, 0],
      [0x14, 0x2c],
    ] as [number, number][]),
  ];
  assert.deepEqual(field(special)[0], ['2-10 ♪SáAÉA C']);
  const second: [number, number][] = [[0x1c, 0x29], [0x1c, 0x70], ...text('OTHER'), [0x1c, 0x2c]];
  assert.deepEqual(field(second), [[], ['2-5 OTHER']]);
  const data: [number, number][] = [
    [0x14, 0x29],
    [0x14, 0x70],
    ...text('AB'),
    [0x01, 0x03],
    [0x4e, 0x4f],
    [0x0f, 0x10],
    ...text('CD'),
    [0x14, 0x2c],
  ];
  assert.deepEqual(field(data)[0], ['2-7 ABCD']);
  const reader = new Cea608Field();
  reader.push(0, withParity(0x14), withParity(0x29));
  reader.push(1, withParity(0x41) ^ 0x80, withParity(0x42));
  assert.deepEqual(reader.finish(2), [[], []], 'a byte of wrong parity is none');
});

test('CEA-708: what windows show, when they show it', () => {
  const reader = new Cea708();
  const send = (time: number, service: number[]) => {
    const body = [(1 << 5) | service.length, ...service];
    if (body.length % 2 === 0) body.push(0);
    const packet = [(body.length + 1) / 2, ...body];
    for (let at = 0; at < packet.length; at += 2) reader.push(time, at === 0, packet[at], packet[at + 1]);
  };
  const letters = (words: string) => [...words].map((letter) => letter.charCodeAt(0));
  // Define window 0, hidden; write; show; hide.
  send(1, [0x98, 0x00, 0, 0, 0, 0, 0, ...letters('OKAPI'), 0x0d, ...letters('caf'), 0xe9]);
  send(2, [0x89, 1]);
  send(5, [0x8a, 1]);
  // A visible window that rolls, with P16 Korean and G2.
  send(6, [0x99, 0x20, 0, 0, 0, 0, 0, ...letters('one'), 0x10, 0x25, 0x0d]);
  send(7, [0x18, 0xc7, 0xd1, 0x18, 0xb1, 0xdb]);
  send(9, [0x8c, 0xff]);
  assert.deepEqual(reader.finish(), [
    [
      { start: 2, end: 5, lines: ['OKAPI', 'café'] },
      { start: 6, end: 6, lines: ['one…'] },
      { start: 7, end: 9, lines: ['한글'] },
    ],
  ]);
});

test('time stamps go on where their 33 bits end', () => {
  const times: number[] = [];
  const reader = new TransportReader(({ time }) => times.push(time));
  for (const stamp of [2 ** 33 - 90_000, 0, 90_000]) {
    const pes = Buffer.from([0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5, 0, 0, 0, 0, 0, 1]);
    pes[9] = 0x21 | (Math.floor(stamp / 2 ** 30) << 1);
    pes.writeUInt16BE(((Math.floor(stamp / 2 ** 15) & 0x7fff) << 1) | 1, 10);
    pes.writeUInt16BE(((stamp & 0x7fff) << 1) | 1, 12);
    const padding = 188 - 4 - 1 - pes.length;
    reader.push(Buffer.concat([Buffer.from([0x47, 0x41, 0, 0x30, padding]), Buffer.alloc(padding, 0), pes]));
  }
  reader.end();
  const [first] = times;
  assert.deepEqual(
    times.map((time) => Math.round(time - first)),
    [0, 1, 2],
  );
});
