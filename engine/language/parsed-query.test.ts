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
  assert.deepEqual(
    query.textQuery.terms.map(({ anyOf }) => anyOf),
    [[['two']], [['red']], [['car']], [['left']]],
  );
  assert.equal(query.category, undefined);
  assert.equal(parseQuery('a car driving to the left').wanted.objects[0].heading, 'left');
  assert.equal(parseQuery('show me wild animals').category, 'wild animal');
});

test('a bare name is compared with pictures as it stands, a query without the words around the thing', () => {
  assert.equal(parseQuery('moments with a camel').caption, 'a camel');
  assert.equal(parseQuery('moments with a camel', { bare: true }).caption, 'moments with a camel');
});

test('what a text must hold: what stands in quotes as it is, and the words that say anything', () => {
  const looked = (query: string) =>
    parseQuery(query).textQuery.terms.map(({ literal, anyOf }) => literal ?? anyOf[0].join(' '));
  for (const [query, expected] of [
    ['the sign "No entry" and “way out”', ['No entry', 'way out', 'sign']],
    ['「出口」', ['出口']],
    ['the dog’s bowl', ['dog', 'bowl']],
    ['where does he say "best of times"?', ['best of times']],
    ['when does she talk about money', ['money']],
    ['find the part where the teacher explains photosynthesis', ['photosynthesi']],
    ['When do they say goodbye?', ['goodbye']],
    ['he said', ['said']],
    ['who is it', ['who', 'is', 'it']],
    ['她什么时候谈到预算？', ['预 算']],
    ['老师讲光合作用的部分', ['光 合 作 用']],
    ['讲台', ['讲 台']],
    ['강아지가', ['강 아 지']],
  ] as const)
    assert.deepEqual(looked(query), expected, query);
});

test('a plate is told from words by its capitals', () => {
  const [{ anyOf }] = parseQuery('a car with AB12 CDE').textQuery.terms.slice(-1);
  assert.ok(
    anyOf.some((row) => row.join('') === 'nanbn1n2ncndne'),
    JSON.stringify(anyOf),
  );
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
