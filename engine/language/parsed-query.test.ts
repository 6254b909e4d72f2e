import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageOf } from './language.ts';
import { parseQuery, QueryParser } from './parsed-query.ts';
import { parsedQuestion } from './parsed-question.ts';

test('a query is taken apart once: what, where, how many, which colour, which way, in which words', () => {
  const query = parseQuery('show me two red cars on the left');
  assert.equal(query.thing, 'two red cars on the left');
  assert.equal(query.subject, 'two red cars');
  assert.deepEqual(query.places, ['left']);
  assert.equal(query.caption, 'two red cars');
  const [car] = query.wanted.objects;
  assert.deepEqual(car.labels, ['car']);
  assert.deepEqual([car.count, car.colours, car.places], [2, ['red'], ['left']]);
  assert.deepEqual(query.textWords, [['two'], ['red'], ['car'], ['left']]);
  assert.equal(query.category, undefined);
  assert.equal(parseQuery('a car driving to the left').wanted.objects[0].heading, 'left');
  assert.equal(parseQuery('show me wild animals').category, 'wild animal');
});

test('a bare name is compared with pictures as it stands, a query without the words around the thing', () => {
  assert.equal(parseQuery('moments with a camel').caption, 'a camel');
  assert.equal(parseQuery('moments with a camel', { bare: true }).caption, 'moments with a camel');
});

test('what stands in quotation marks is known by itself', () => {
  assert.deepEqual(parseQuery('the sign "no entry" and “way out”').quoted, ['no entry', 'way out']);
  assert.deepEqual(parseQuery('「出口」').quoted, ['出口']);
  assert.deepEqual(parseQuery('the dog’s bowl').quoted, []);
});

test('what it is written in is told by script, and by small words where scripts are shared', () => {
  const cases: [text: string, script: string | undefined, code: string | undefined][] = [
    ['Is there a dog?', 'latin', 'en'],
    ['Ist da ein Hund?', 'latin', 'de'],
    ['Y a-t-il un chien dans la rue ?', 'latin', 'fr'],
    ['¿Hay un perro en la calle?', 'latin', 'es'],
    ["C'è un cane che corre?", 'latin', 'it'],
    ['taxi', 'latin', undefined],
    ['有狗吗？', 'han', 'zh'],
    ['我的 iPhone 在哪里', 'han', 'zh'],
    ['犬はいますか', 'kana', 'ja'],
    ['개가 있나요?', 'hangul', 'ko'],
    ['есть ли собака', 'cyrillic', undefined],
    ['هل هناك كلب', 'arabic', undefined],
    ['मेज कहाँ है', 'devanagari', undefined],
    ['1:23?', undefined, undefined],
  ];
  for (const [text, script, code] of cases) assert.deepEqual(languageOf(text), { script, code }, text);
});

test('a question is taken apart once, with what must be found for it', () => {
  let calls = 0;
  const parser = new QueryParser({
    match: (words) => {
      calls++;
      return { objects: [], rest: words.split(' '), covered: false };
    },
  });
  const question = parsedQuestion('Which comes first, the rocket or the tent?', parser);
  assert.equal(question.asks.kind, 'versus');
  assert.deepEqual(
    question.things.map(({ text }) => text),
    ['the rocket', 'tent'].map((one) => one.replace(/^the /u, '')),
  );
  assert.equal(question.language.code, 'en');
  assert.equal(parser.thing('tent'), question.things[1]);
  assert.equal(calls, 2, 'each thing is matched once');
  assert.deepEqual(parsedQuestion('What is shown first?', parser).things, []);
});
