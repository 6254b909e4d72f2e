import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCues, type SubtitleFormat } from './cues.ts';
import type { Cue } from './types.ts';

/** Cues as "start end text", a speaker in front. */
const told = (cues: readonly Cue[]) =>
  cues.map(({ start, end, text, speaker }) => [
    start,
    end,
    speaker === undefined ? text : `${speaker}: ${text}`,
  ]);
const read = async (source: string, format: SubtitleFormat, fps?: number) =>
  told(await parseCues(source, format, { fps }));

test('what is no tag of the format stays in the text', async () => {
  const srt = (text: string) => read(`1\n00:00:01,000 --> 00:00:02,000\n${text}\n`, 'srt');
  for (const [written, meant] of [
    ['Declare a vector<float> named x', 'Declare a vector<float> named x'],
    ['if a <b and c> d then stop', 'if a <b and c> d then stop'],
    ['1 < 2, 3 > 2', '1 < 2, 3 > 2'],
    ['a < b <i>and</i> c', 'a < b and c'],
    ['<font color="#ff0000">red</font> <FONT size=3>big</FONT>', 'red big'],
    ['<i>open only', 'open only'],
    ['if (x) { return; } {\\an8}{y:i}up', 'if (x) { return; } up'],
    ['{never closed', '{never closed'],
    ['Tom &amp; Jerry &lt;3 &#39;x&#x41; &unknown; &amp;lt;', "Tom & Jerry <3 'xA &unknown; &lt;"],
    ['std::map<std::string, int> m;', 'std::map<std::string, int> m;'],
    ['<c> is no tag of SRT', '<c> is no tag of SRT'],
  ] as const)
    assert.deepEqual(await srt(written), [[1, 2, meant]]);
});

test('a line of spaces ends no cue, in WebVTT an empty one does', async () => {
  const youtube =
    'WEBVTT\nKind: captions\nLanguage: en\n\n00:00:02.000 --> 00:00:04.990 align:start position:0%\n \nthe<00:00:02.300><c> kookaburra</c><00:00:03.000><c> laughs</c>\n\n00:00:04.990 --> 00:00:05.000 align:start position:0%\nthe kookaburra laughs\n \n\n';
  assert.deepEqual(await read(youtube, 'vtt'), [[2, 5, 'the kookaburra laughs']]);
  const note =
    'WEBVTT\n\n00:01.000 --> 00:02.000\nsaid\n\nNOTE 00:03 not said\nat all\n\nSTYLE\n::cue(b) { color: red }\n';
  assert.deepEqual(await read(note, 'vtt'), [[1, 2, 'said']]);
});

test('SRT: an empty line inside a cue, and no numbers between cues, are understood', async () => {
  const inside =
    '1\n00:00:01,000 --> 00:00:02,000\nfirst\n\nsecond\n\n2\n00:00:03,000 --> 00:00:04,000\n42\n\n00:00:05,000 --> 00:00:06,000\nlast\n';
  assert.deepEqual(await read(inside, 'srt'), [
    [1, 2, 'first second'],
    [3, 4, '42'],
    [5, 6, 'last'],
  ]);
});

test('times: hours may be missing or have three digits, fractions any length', async () => {
  const vtt = 'WEBVTT\n\n01:02.5 --> 01:03.25\na\n\n100:00:01.000 --> 100:00:02.000\nb\n';
  assert.deepEqual(await read(vtt, 'vtt'), [
    [62.5, 63.25, 'a'],
    [360_001, 360_002, 'b'],
  ]);
  assert.deepEqual(await read('1\n00:00:01 -> 00:00:02\na\n', 'srt'), [[1, 2, 'a']]);
  assert.deepEqual(await read(`1\n00:00:01,000 --> ${'9'.repeat(400)}:00:02,000\na\n`, 'srt'), []);
});

test('WebVTT: who speaks is kept, two speakers in one cue are two lines', async () => {
  const vtt =
    'WEBVTT\n\n00:01.000 --> 00:02.000\n<v Esme>Hello</v>\n\n00:03.000 --> 00:04.000\n<v.loud Mary Ann>Who?\n<v Bob>Me &amp; you.\n\n00:05.000 --> 00:06.000\n<lang de>Hallo</lang> <ruby>漢<rt>kan</rt></ruby>\n';
  assert.deepEqual(await read(vtt, 'vtt'), [
    [1, 2, 'Esme: Hello'],
    [3, 4, 'Mary Ann: Who?'],
    [3, 4, 'Bob: Me & you.'],
    [5, 6, 'Hallo 漢kan'],
  ]);
});

test('ASS: drawings, karaoke codes and syllables of effects are no text; the actor is the speaker', async () => {
  const ass = `[Script Info]
[V4+ Styles]
Format: Name, Fontname
Style: Default,Arial
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:06.00,0:00:09.00,Default,,0,0,0,,{\\an7\\pos(0,0)\\p1}m 0 0 l 100 0 100 50 0 50{\\p0}
Dialogue: 0,0:00:10.00,0:00:13.00,Default,Anna,0,0,0,,The {\\i1}ocelot{\\i0} sleeps
Dialogue: 0,0:00:14.00,0:00:15.00,Default,,0,0,0,,{\\p2}m 1 1{\\p0}A sign{\\pbo3}!
Dialogue: 0,0:00:16.00,0:00:18.00,Default,,0,0,0,,{\\k20}Twin{\\k30}kle {\\kf40}star
Comment: 0,0:00:20.00,0:00:22.00,Default,,0,0,0,karaoke,{\\k20}Sing {\\k20}along
Dialogue: 0,0:00:20.00,0:00:20.20,Default,,0,0,0,fx,{\\fad(1,1)}Sing
Comment: 0,0:00:23.00,0:00:24.00,Default,,0,0,0,,a note
Dialogue: 0,123:00:00.00,123:00:01.50,Default,,0,0,0,,late\\hone, with a comma
`;
  assert.deepEqual(await read(ass, 'ass'), [
    [10, 13, 'Anna: The ocelot sleeps'],
    [14, 15, 'A sign!'],
    [16, 18, 'Twinkle star'],
    [20, 22, 'Sing along'],
    [442_800, 442_801.5, 'late one, with a comma'],
  ]);
});

test('SAMI: each class is a language, and a line is shown until the next of its class', async () => {
  const smi = `<SAMI><HEAD><STYLE TYPE="text/css"><!--
.ENCC {Name:English; lang:en-US; SAMIType:CC;}
.KRCC {Name:Korean; lang:ko-KR; SAMIType:CC;}
--></STYLE></HEAD><BODY>
<SYNC Start=2000><P Class=ENCC>the capybara<br>swims
<SYNC Start=3000><P Class=KRCC>카피바라
<SYNC Start=4000><P Class=ENCC>&nbsp;
<sync start="6000"><p class='KRCC'>&nbsp;
</BODY></SAMI>`;
  const cues = await parseCues(smi, 'smi');
  assert.deepEqual(
    cues.map(({ start, end, text, language }) => [start, end, text, language]),
    [
      [2, 4, 'the capybara swims', 'en-US'],
      [3, 6, '카피바라', 'ko-KR'],
    ],
  );
});

test('TTML: clock times, frames, offsets, spans with times, breaks, languages', async () => {
  const ttml = `<?xml version="1.0"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:frameRate="25" ttp:tickRate="10000000" xml:lang="en">
<head><styling><style xml:id="s"/></styling></head><body><div begin="10s">
<p begin="00:00:02.000" end="00:00:04.000">the <span tts:color="red">badger</span><br/>digs &amp; digs</p>
<p begin="00:00:05:05" dur="1s">frames</p><p begin="60000000t" end="7s">ticks</p>
<!-- <p begin="1s" end="2s">no</p> -->
<p><span begin="8s" end="9s">one</span> <span begin="9.5s" end="10s">two</span></p>
</div></body></tt>`;
  const cues = await parseCues(ttml, 'ttml');
  assert.deepEqual(
    cues.map(({ start, end, text, language }) => [start, end, text, language]),
    [
      [12, 14, 'the badger digs & digs', 'en'],
      [15.2, 16.2, 'frames', 'en'],
      [16, 17, 'ticks', 'en'],
      [18, 19, 'one', 'en'],
      [19.5, 20, 'two', 'en'],
    ],
  );
});

test('SBV, LRC, MicroDVD, MPL2 and SubViewer are read', async () => {
  assert.deepEqual(
    await read('0:00:02.000,0:00:04.000\nthe otter\ndives\n\n0:00:05.000,0:00:06.000\nbye\n', 'sbv'),
    [
      [2, 4, 'the otter dives'],
      [5, 6, 'bye'],
    ],
  );
  const lrc =
    '[ti:A song]\n[offset:+500]\n[00:02.50][00:10.50]the <00:02.80>stoat sings\n[00:04.5]\n[00:12]bye\n';
  assert.deepEqual(await read(lrc, 'lrc'), [
    [2, 4, 'the stoat sings'],
    [10, 11.5, 'the stoat sings'],
    [11.5, 21.5, 'bye'],
  ]);
  assert.deepEqual(await read('{1}{1}25.000\n{50}{100}{y:i}one|two\n{125}{}three\n', 'sub', 50), [
    [2, 4, 'one two'],
    [5, 9, 'three'],
  ]);
  assert.deepEqual(await read('{50}{100}one\n', 'sub', 50), [[1, 2, 'one']]);
  assert.deepEqual(await read('[20][40]/slanted|plain\n', 'sub'), [[2, 4, 'slanted plain']]);
  assert.deepEqual(await read('[INFORMATION]\n[TITLE]x\n00:00:02.00,00:00:04.50\nhere[br]there\n\n', 'sub'), [
    [2, 4.5, 'here there'],
  ]);
});

test('Scenarist captions: pairs of bytes, doubled codes, drop-frame times', async () => {
  const scc =
    'Scenarist_SCC V1.0\n\n00:01:00;02\t9420 9420 94ae 94ae 9470 9470 c8e5 ecec ef80 942f 942f\n\n00:01:02;02\t942c 942c\n';
  const [[start, end, text]] = await read(scc, 'scc');
  assert.equal(text, 'Hello');
  // Minute 1 has no frames 0 and 1; the ninth pair shows what was loaded.
  assert.ok(Math.abs(Number(start) - (1800 + 9) / (30000 / 1001)) < 1e-9);
  assert.ok(Math.abs(Number(end) - (1800 + 60) / (30000 / 1001)) < 1e-9);
});
