import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MadeWorld } from '../../tests/fixtures/search.ts';
import { askResultSchema } from '../protocol/results.ts';
import type { TextHit } from '../library/track-types.ts';
import { slideTitles } from './answers/slide-title.ts';
import { ask } from './ask.ts';

/** A talk of a minute, heard, with two slides that were read. */
function talk(lines: readonly TextHit[] = [...spoken, ...written]): MadeWorld {
  const made = new MadeWorld(['sea', 'tree']).add('talk', [{ shows: 'sea', seconds: 60 }]);
  made.lines.push(...lines);
  return made;
}
const line = (start: number, text: string, more: Partial<TextHit> = {}): TextHit => ({
  ...{ videoId: 'talk', kind: 'said', start, end: start + 4, text, source: 'transcript' },
  ...more,
});
const spoken = [
  line(0, 'Good morning.'),
  line(5, 'The budget for next year is smaller.'),
  line(10, 'We have to save on travel.'),
  line(15, 'Travel costs more than budgets allow.'),
  line(20, '下面我们谈谈预算。'),
  line(25, 'Any questions?'),
];
const slideLine = (start: number, text: string, [top, bottom]: [number, number]) =>
  line(start, text, {
    ...{ kind: 'on-screen', source: 'screen-text', end: start + 20 },
    extra: { box: [0.1, top, 0.6, bottom] },
  });
const written = [
  slideLine(0, 'Plan of the year', [0.1, 0.2]),
  slideLine(0, 'Everything costs more', [0.3, 0.35]),
  slideLine(20, 'Questions', [0.1, 0.2]),
];
const asking = async (made: MadeWorld, question: string) =>
  askResultSchema.parse(await ask(made.deps, { question }));

test('what is said about something is quoted with its time and where it is known from', async () => {
  const result = await asking(talk(), 'What does he say about the budget?');
  assert.match(result.answer, /^0:00:05\.0 \(heard\) “The budget for next year is smaller\.”/);
  assert.deepEqual([result.evidence[0].start, result.confident, result.decoder], [5, true, false]);
  const captions = talk(spoken.map((one) => ({ ...one, source: 'captions' })));
  assert.match(
    (await asking(captions, 'What is said about travel?')).answer,
    /\(captions\) “We have to save/,
  );
  const none = await asking(talk(), 'What does she say about elephants?');
  assert.match(none.answer, /Nothing is said or written about “elephants”/);
  assert.equal(none.evidence.length, 0);
});

test('Chinese questions are answered in Chinese, with what was said as it was said', async () => {
  const about = await asking(talk(), '他对预算说了什么？');
  assert.match(about.answer, /^0:00:20\.0 （听到） “下面我们谈谈预算。”/);
  assert.equal((await asking(talk(), '预算被提到几次？')).answer, '“预算”说了 1 次（听到）');
  assert.match((await asking(talk(), '第二张幻灯片的标题是什么？')).answer, /^“Questions” （画面文字）/);
  assert.match((await asking(talk(), '总结0:09到0:19说了什么')).answer, /“We have to save on travel\.”/);
});

test('a stretch is summarised by what was said in it and nothing else', async () => {
  const result = await asking(talk(), 'Summarise what is said between 0:09 and 0:19');
  assert.deepEqual(
    result.evidence.map(({ start, end }) => [start, end]),
    [
      [10, 14],
      [15, 19],
    ],
  );
  const told = [
    'The budget for schools grows by ten percent.',
    'Roads get less of the budget than schools.',
    'Hospitals share the rest of the budget.',
    'Schools and hospitals hire more people.',
    'Roads wait until next summer.',
  ];
  const fillers = ['Well, so.', 'Okay.', 'Let me see.', 'Right.', 'And then.', 'Good.', 'Yes.'];
  const many = talk(
    fillers.flatMap((filler, n) => [
      line(n * 8, filler),
      ...(told[n] === undefined ? [] : [line(n * 8 + 4, told[n])]),
    ]),
  );
  const whole = await asking(many, 'Summarise what is said');
  const texts = new Set(many.lines.map(({ text }) => text));
  const quotes = [...whole.answer.matchAll(/“([^”]+)”/gu)].map(([, text]) => text);
  assert.equal(quotes.length, 5);
  assert.ok(quotes.every((text) => texts.has(text)));
  assert.deepEqual(quotes, told);
  const late = await asking(talk(), 'What is said between 5:00 and 6:00?');
  assert.deepEqual([late.cannot?.code, late.confident], ['outside', false]);
  assert.match((await asking(talk(), 'What is said between 0:40 and 0:50?')).answer, /Nothing is said there/);
});

test('how often a word is said is counted, as one or as many', async () => {
  const result = await asking(talk(), "How often is 'budget' said?");
  assert.equal(result.answer, '“budget” is said 2 times (heard)');
  assert.deepEqual(
    result.evidence.map(({ start }) => start),
    [5, 15],
  );
  assert.match(
    (await asking(talk(), 'How many times do they say zebra?')).answer,
    /“zebra” is said not once/,
  );
});

test('where nobody listened or read, that is said, with what helps', async () => {
  const deaf = talk([]);
  const [said, title] = [
    await asking(deaf, 'What does he say about money?'),
    await asking(deaf, 'What is the title of the first slide?'),
  ];
  assert.deepEqual([said.cannot?.code, title.cannot?.code], ['not-heard', 'not-read']);
  assert.match(said.answer, /Index it with speech/);
  // It is asked anew once something was heard.
  deaf.lines.push(line(3, 'Money is short.'));
  assert.match((await asking(deaf, 'What does he say about money?')).answer, /“Money is short\.”/);
});

test('a slide is called by its largest line on top, and lasts as long as that stays', async () => {
  assert.match((await asking(talk(), 'What is the title of the first slide?')).answer, /^“Plan of the year”/);
  assert.match((await asking(talk(), 'What is the title of the last slide?')).answer, /^“Questions”/);
  assert.match((await asking(talk(), 'What is the title of the ninth slide?')).answer, /Only 2 slides/);
  const row = (start: number, end: number, text: string, box: number[]) => ({
    start,
    end,
    text,
    from: 'picture' as const,
    box,
  });
  assert.deepEqual(
    slideTitles([
      row(0, 20, 'Water', [0.1, 0.1, 0.3, 0.2]),
      row(0, 20, 'cycle', [0.4, 0.1, 0.6, 0.2]),
      row(5, 20, 'Rain falls', [0.1, 0.3, 0.4, 0.34]),
      row(5, 20, 'A huge figure', [0.1, 0.6, 0.9, 0.9]),
    ]),
    [{ text: 'Water cycle', start: 0, end: 20 }],
  );
});
