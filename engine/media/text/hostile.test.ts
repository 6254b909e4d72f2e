import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseCues, readBlocks, subtitleFormats } from './cues.ts';
import { inSlices } from './slices.ts';
import type { Cue } from './types.ts';
import { Cea608Field } from './closed-captions/cea608.ts';
import { Cea708 } from './closed-captions/cea708.ts';
import { TransportReader } from './closed-captions/transport.ts';
import { carriers, unitsOf } from './closed-captions/user-data.ts';
import { decodeText } from './decode.ts';
import { joinRolling } from './join.ts';
import { limits } from './limits.ts';
import { plain } from './markup.ts';
import { telemetryOf } from './telemetry.ts';

// Where work grew with the square of the input, one of these would take an hour: the time limit only ends that.
const patience = { timeout: 120_000 };

/** Mulberry32: the same numbers every time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function checkCues(cues: readonly Cue[]): void {
  assert.ok(cues.length <= limits.cues);
  let before = 0;
  for (const { start, end, text } of cues) {
    assert.ok(
      start >= 0 && end >= start && Number.isFinite(start) && start < limits.seconds,
      `${start} ${end}`,
    );
    assert.ok(start >= before);
    before = start;
    assert.ok(
      text.length > 0 && text.length <= limits.line * limits.linesOfCue * 4 && !/[\n\r\0]/.test(text),
    );
  }
}

const heads: Record<string, string> = {
  srt: '1\n00:00:01,000 --> 00:00:02,000\n',
  vtt: 'WEBVTT\n\n00:01.000 --> 00:02.000\n',
  sbv: '0:00:01.000,0:00:02.000\n',
  ass: '[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,x,,0,0,0,,',
  ssa: '[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,x,,0,0,0,,',
  smi: '<SAMI>.ENCC {lang:en}<SYNC Start=1000><P Class=ENCC>',
  ttml: '<tt><body><p begin="1s" end="2s">',
  lrc: '[00:01.00]',
  sub: '{10}{20}',
  scc: '00:00:01:00\t',
};
const pieces = [
  ...[
    '{',
    '}',
    '<',
    '>',
    '<b',
    '{\\',
    '{\\p1',
    '&',
    '&amp',
    '&#',
    ' ',
    '\t',
    '0',
    '9:',
    '[00:01',
    '[00:01.00]',
    '<v ',
  ],
  ...[
    '<font =',
    '<sync',
    '<p ',
    '<p>',
    '<span begin="1s">',
    '<!--',
    '\\N',
    ',',
    '|',
    '-->',
    '"',
    '9420 ',
    '.a',
    '\u00e9',
    '\0',
  ],
  ...['<00:00:01.000>', 'h 1 ', 'iso ', 'gps('],
];

describe('hostile text costs no more than its length', () => {
  for (const format of subtitleFormats)
    test(format, patience, async () => {
      for (const piece of pieces)
        for (const end of ['', '\n']) {
          const unit = `${piece}${end}`;
          const source = heads[format] + unit.repeat(Math.ceil(400_000 / unit.length));
          checkCues(await parseCues(source, format));
        }
    });

  test('a subtitle of 160 kB of braces, and one of 16 MB', patience, async () => {
    for (const size of [160_000, 16_000_000]) {
      const cues = await parseCues(heads.srt + '{'.repeat(size), 'srt');
      assert.deepEqual(cues, [{ start: 1, end: 2, text: '{'.repeat(limits.line) }]);
    }
    assert.equal(plain('<a'.repeat(2_000_000), 'vtt').length, 4_000_000);
    assert.equal(plain('{\\'.repeat(2_000_000), 'srt').length, 4_000_000);
  });
});

test('a parser gives way: others are served while a large file is read', patience, async () => {
  const cue = (at: number) =>
    `${at}\n00:${String(Math.floor(at / 60) % 60).padStart(2, '0')}:${String(at % 60).padStart(2, '0')},000 --> 00:59:59,000\nline ${at}\n\n`;
  const source = Array.from({ length: 60_000 }, (_, at) => cue(at)).join('');
  let turns = 0;
  const clock = setInterval(() => {}, 1);
  const count = () => {
    turns++;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  const cues = await parseCues(source, 'srt');
  clearImmediate(next);
  clearInterval(clock);
  assert.equal(cues.length, 60_000);
  // 240,000 lines at 2,000 a slice, and the joining.
  assert.ok(turns >= 120, String(turns));
});

test('a reading is given up at once', async () => {
  const controller = new AbortController();
  const reading = parseCues('x\n'.repeat(1_000_000), 'srt', { signal: controller.signal });
  controller.abort();
  await assert.rejects(reading, { code: 'cancelled' });
});

const samples: Record<string, string> = {
  srt: '1\n00:00:01,000 --> 00:00:02,500\n<i>A</i> &amp; {\\an8}B\n\n2\n00:00:03,000 --> 00:00:04,000\nC <b>d</b>\n',
  vtt: 'WEBVTT\n\nNOTE x\n\n1\n00:01.000 --> 00:02.000 align:start\n<v Bob>A<00:01.500><c.x>b</c>\n\n00:02.000 --> 00:03.000\nA b\n',
  sbv: '0:00:01.000,0:00:02.000\na\nb\n\n',
  ass: '[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nDialogue: 0,0:00:01.00,0:00:02.00,D,N,0,0,0,,{\\p1}m 0{\\p0}a\\Nb\n',
  smi: '<SAMI><STYLE>.EN {lang:en}</STYLE><SYNC Start=1000><P Class=EN>a<br>b<SYNC Start=2000><P Class=EN>&nbsp;',
  ttml: '<tt ttp:frameRate="25"><body><div begin="1s"><p begin="00:00:01:05" dur="2s">a<br/>b</p></div></body></tt>',
  lrc: '[offset:100]\n[00:01.00][00:03.00]a <00:01.10>b\n[00:02.00]\n',
  sub: '{1}{1}25\n{25}{50}a|b\n[20][30]c\n00:00:05.00,00:00:06.00\nd[br]e\n',
  scc: '00:00:01:00\t9420 9420 94ae 9470 c8e5 ecec 942f 942f\n00:00:03;00\t942c 942c\n',
};

for (const [format, sample] of Object.entries(samples))
  test(`mutated ${format} never breaks the reader`, patience, async () => {
    const next = random(format.length * 7919 + format.charCodeAt(0));
    const any = (count: number) => Math.floor(next() * count);
    for (let round = 0; round < 400; round++) {
      let bytes = Buffer.from(sample.repeat(1 + any(3)));
      for (let change = any(8); change >= 0; change--) {
        const at = any(bytes.length);
        const piece = Buffer.from(
          [
            () => pieces[any(pieces.length)],
            () => String.fromCharCode(any(0x3000)),
            () => '9'.repeat(any(400)),
            () => '',
          ][any(4)](),
        );
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          piece,
          bytes.subarray(Math.min(bytes.length, at + any(20))),
        ]);
        if (any(5) === 0) bytes[any(bytes.length)] = any(256);
      }
      const text = await decodeText(bytes);
      checkCues(await parseCues(text, format as never, { fps: 25 }));
      telemetryOf(await readBlocks(text, format as never));
    }
  });

test('random bytes as captions in pictures never break the readers', patience, async () => {
  const next = random(20);
  for (let round = 0; round < 300; round++) {
    const bytes = Uint8Array.from({ length: 1 + Math.floor(next() * 900) }, () =>
      Math.floor(next() ** 2 * 256),
    );
    const pictures: number[] = [];
    const reader = new TransportReader(({ time }) => pictures.push(time));
    const packet = Buffer.alloc(188 * 4, 0xff);
    for (let at = 0; at < packet.length; at += 188) {
      packet.set([0x47, next() < 0.5 ? 0x41 : 0x01, 0, 0x10 | Math.floor(next() * 48)], at);
      packet.set(bytes.subarray(0, 150), at + 5);
      if (next() < 0.5) packet.set([0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5], at + 4);
    }
    reader.push(packet.subarray(0, 300));
    reader.push(packet.subarray(300));
    reader.end();
    assert.ok(pictures.every((time) => Number.isFinite(time)));
    const [field, digital] = [new Cea608Field(), new Cea708()];
    for (const [index, byte] of bytes.entries()) {
      const odd = byte.toString(2).replaceAll('0', '').length % 2 === 1 ? byte : byte ^ 0x80;
      field.push(index, odd, odd ^ 0x03);
      digital.push(index, byte % 7 === 0, byte, bytes[index + 1] ?? 0);
    }
    for (const blocks of [...field.finish(), ...digital.finish()])
      checkCues(await inSlices(joinRolling(blocks.sort((a, b) => a.start - b.start))));
    for (const carrier of Object.values(carriers))
      for (const head of [
        [0, 0, 1, 6, 4, 60, 0xb5, 0, 0x31],
        [0, 0, 1, 0xb2, 0x47, 0x41, 0x39, 0x34, 3],
        [0, 0, 1, 0x4e, 1, 4, 255],
      ])
        for (const unit of unitsOf(Uint8Array.from([...head, ...bytes])))
          assert.ok(carrier.read(unit).length < 1000);
  }
});
