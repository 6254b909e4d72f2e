import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSpoken } from './spoken-questions.ts';

const about = (subject: string) => ({ kind: 'said-about', subject });
const times = (subject: string) => ({ kind: 'said-times', subject });
const between = (from: number, past: number) => ({ kind: 'said-between', from, past });
const slide = (n: number) => ({ kind: 'slide-title', slide: n });

test('what is said, between when, how often, and titles of slides, in English and Chinese', () => {
  for (const [question, expected] of [
    ['What does he say about the budget?', about('the budget')],
    ['what did they say about climate change', about('climate change')],
    ['What is said about photosynthesis?', about('photosynthesis')],
    ['Summarise what is said between 10:00 and 12:00', between(600, 720)],
    ['Summarize what she says from 1:02:03 to 1:03:00.', between(3723, 3780)],
    ['What is said between 12:00 and 10:00?', between(600, 720)],
    ['Summarise what is said', { kind: 'said-between' }],
    ["How often is 'budget' said?", times('budget')],
    ['How many times does she say the word budget?', times('budget')],
    ['What is the title of the third slide?', slide(3)],
    ['What is the heading on the last page?', slide(-1)],
    ['What is the title of slide 12?', slide(12)],
    ['他对预算说了什么？', about('预算')],
    ['关于气候变化，他们说了什么？', about('气候变化')],
    ['总结10:00到12:00说了什么', between(600, 720)],
    ['从1:00到2:30讲了什么？', between(60, 150)],
    ['总结一下他说了什么', { kind: 'said-between' }],
    ['“预算”说了多少次？', times('“预算”')],
    ['预算被提到几次？', times('预算')],
    ['第三张幻灯片的标题是什么？', slide(3)],
    ['第十二页的标题是什么', slide(12)],
    ['最后一张幻灯片的标题是什么？', slide(-1)],
  ] as const)
    assert.deepEqual(parseSpoken(question), expected, question);
});

test('what only nearly asks for what is said stays another question', () => {
  for (const question of [
    'What is shown between 10:00 and 12:00?',
    'Is there a slide?',
    'How often does the dog appear?',
    'What comes after the third slide?',
    'What is this video about?',
    'What happens at 10:00?',
    'a dog',
    '视频里有狗吗？',
    '红色的车出现几次？',
    '总结视频',
  ])
    assert.equal(parseSpoken(question), undefined, question);
});
