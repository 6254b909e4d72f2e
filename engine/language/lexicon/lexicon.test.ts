import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { captionFor, parseQuery } from '../parsed-query.ts';
import { parseQuestion } from '../questions.ts';
import { kindWords } from '../prompts.ts';
import { cocoLabels } from '../vocabulary/table.ts';
import { answerIn, inEnglish, nameIn } from './index.ts';

const languages = ['zh', 'de', 'fr', 'es', 'it', 'pt', 'ja', 'ko', 'ru'];
/** A bundle that was taught English. */
const english = { languages: ['en', 'zh'], names: languages.slice(1), own: ['en'] };

suite('word lists', () => {
  test('every class of the detector has a name in nine languages, which leads back to it', () => {
    for (const language of languages)
      for (const label of cocoLabels) {
        const name = nameIn(language, label);
        assert.ok(name, `${language} has no word for ${label}`);
        const back = inEnglish(name, language);
        // "Pizza" is English as well, and one word may be two things: "mouse" and "rat" share one.
        const read = parseQuery(back?.english ?? name).wanted.objects.flatMap(({ labels }) => labels);
        assert.ok(
          read.includes(label),
          `${language}: ${label} is ${name}, which is ${back?.english ?? 'English'}`,
        );
      }
  });

  test('every kind of things that people ask for has a Chinese name', () => {
    const asked = [
      'animal',
      'bird',
      'insect',
      'plant',
      'flower',
      'fruit',
      'vegetable',
      'food',
      'drink',
      'vehicle',
    ];
    for (const kind of [...asked, 'building', 'musical instrument', 'clothing', 'tool']) {
      assert.ok(kindWords.has(kind), kind);
      const name = nameIn('zh', kind)!;
      assert.equal(parseQuery(name).category, kind, name);
    }
  });
});

suite('a Chinese query', () => {
  const same: Record<string, string> = {
    狗: 'a dog',
    红色的车: 'a red car',
    白色汽车: 'a white car',
    黄车: 'a yellow car',
    左边的瓶子: 'a bottle on the left',
    右上角的鸟: 'a bird in the top right corner',
    两只猫: 'two cats',
    三个瓶子: 'three bottles',
    开走的车: 'a car moving away',
    从左到右走的人: 'a person moving from left to right',
    桌子上的瓶子: 'a bottle on a table',
    穿橙色衣服的人: 'a person wearing orange clothing',
    骑自行车的人: 'a person riding a bicycle',
    狗或者猫: 'a dog or a cat',
    人和狗: 'a person and a dog',
    给我看所有狗的片段: 'a dog',
    动物: 'an animal',
    摩天轮: 'a ferris wheel',
    骆驼: 'a camel',
    帐篷: 'a tent',
    长颈鹿: 'a giraffe',
    生日蛋糕: 'a birthday cake',
  };

  test('is read as its English twin', () => {
    for (const [chinese, twin] of Object.entries(same)) {
      const [one, other] = [parseQuery(chinese), parseQuery(twin)];
      assert.equal(one.understood?.english, twin, chinese);
      assert.deepEqual(one.wanted, other.wanted, chinese);
      assert.equal(captionFor(one, english), other.caption, chinese);
      assert.deepEqual(one.places, other.places, chinese);
      assert.equal(one.category, other.category, chinese);
    }
  });

  test('reaches an encoder of many languages as it was typed', () => {
    assert.equal(captionFor(parseQuery('红色的车'), undefined), '红色的车');
    assert.equal(captionFor(parseQuery('红色的车'), { languages: ['zh'] }), '红色的车');
  });

  test('looks in texts for its own words', () => {
    assert.deepEqual(parseQuery('视频里有没有大象？').textQuery.terms, [{ anyOf: [['大', '象']] }]);
  });

  test('of words that are in no list finds nothing by pictures, and says which', () => {
    const handshake = parseQuery('握手');
    assert.equal(captionFor(handshake, english), undefined, '"手" is a part of it and no hand');
    assert.deepEqual(handshake.understood?.unknown, ['握手']);
    assert.equal(parseQuery('戴口罩的人').wanted.covered, false);
  });
});

suite('a Chinese question', () => {
  const asks: Record<string, unknown> = {
    '有没有狗？': { kind: 'shown', subject: 'dog' },
    '视频里有红色的车吗？': { kind: 'shown', subject: 'red car' },
    狗出现了吗: { kind: 'shown', subject: 'dog' },
    '画面左边有没有瓶子？': { kind: 'shown', subject: 'bottle on the left' },
    '大象什么时候出现？': { kind: 'when', subject: 'elephant' },
    '什么时候出现红绿灯？': { kind: 'when', subject: 'traffic light' },
    狗第一次出现是什么时候: { kind: 'when', subject: 'dog', end: 'first' },
    '狗最后一次出现是什么时候？': { kind: 'when', subject: 'dog', end: 'last' },
    '有几个人？': { kind: 'count', subject: 'people' },
    '一共有多少辆车？': { kind: 'count', subject: 'cars' },
    '狗出现了几次？': { kind: 'times', subject: 'dog' },
    '狗出现了多久？': { kind: 'duration', subject: 'dog' },
    '视频有多长？': { kind: 'duration', subject: 'video' },
    '进来了几个人？': { kind: 'visits', subject: 'person', entering: true },
    '狗之后是什么？': { kind: 'after', subject: 'dog' },
    '大象之前出现了什么？': { kind: 'before', subject: 'elephant' },
    '最先出现的是什么？': { kind: 'first' },
    '最后出现什么？': { kind: 'last' },
    '发生了什么？': { kind: 'order' },
    '第12秒是什么？': { kind: 'what', at: 12 },
    '车是什么颜色的？': { kind: 'colour', subject: 'car' },
    '瓶子在哪里？': { kind: 'where', subject: 'bottle' },
    '瓶子在左边还是右边？': { kind: 'where', subject: 'bottle' },
    '狗旁边是什么？': { kind: 'beside', subject: 'dog' },
    '有哪些动物？': { kind: 'which', subject: 'animals' },
    '狗和猫哪个先出现？': { kind: 'versus', end: 'first', things: ['dog', 'cat'] },
  };
  test('asks for the same as its English twin', () => {
    for (const [question, asked] of Object.entries(asks)) {
      const { english: put, unknown } = inEnglish(question)!;
      assert.deepEqual([parseQuestion(put), unknown], [asked, []], `${question}: ${put}`);
    }
  });

  test('of another wording is no question that is forced', () => {
    for (const question of ['为什么天是蓝的？', '谁在说话？']) {
      const { asks: known, unknown } = inEnglish(question)!;
      assert.equal(known, false, question);
      assert.ok(unknown.length > 0, question);
    }
  });
});

suite('names in other languages', () => {
  const same: Record<string, string> = {
    ...{ 'ein rotes Auto': 'a red car', Hund: 'a dog', 'zwei Hunde': 'two dogs', Äpfel: 'an apple' },
    ...{
      'une voiture rouge': 'a red car',
      chien: 'a dog',
      'la rose rouge': 'a red rose',
      chevaux: 'a horse',
    },
    ...{ 'un coche rojo a la izquierda': 'a red car on the left', guitarra: 'a guitar', perros: 'a dog' },
    ...{ 'macchina rossa': 'a red car', cavalli: 'a horse', 'carro vermelho': 'a red car' },
    ...{ 'красная машина': 'a red car', собаку: 'a dog', 'две собаки': 'two dogs' },
    ...{ 赤い車: 'a red car', 左の瓶: 'a bottle on the left', 犬と猫: 'a dog and a cat' },
    ...{ '빨간 자동차': 'a red car', 강아지가: 'a dog' },
  };
  test('are read with their colours, counts and places', () => {
    for (const [words, put] of Object.entries(same)) assert.equal(inEnglish(words)?.english, put, words);
  });

  test('that are English words too are English, unless the user reads the other language', () => {
    assert.equal(inEnglish('pain'), undefined);
    assert.equal(inEnglish('pain', 'fr')?.english, 'bread');
    for (const words of ['taxi', 'surfer', 'a red car', 'a person in a hat', 'the sea'])
      assert.equal(inEnglish(words, 'fr'), undefined, words);
  });

  test('are not asked of a model that doesn’t list the language', () => {
    assert.equal(captionFor(parseQuery('rotes Auto'), { languages: ['en'], own: ['en'] }), undefined);
    assert.equal(captionFor(parseQuery('كلب'), english), undefined);
    assert.equal(captionFor(parseQuery('rotes Auto'), english), 'a red car');
  });
});

test('answers are given in Chinese: names, times, places and colours', () => {
  const said: Record<string, string> = {
    ...{ yes: '是', 'not shown': '没有出现', '3': '3', '14 seconds': '14 秒' },
    ...{ 'dog, ferris wheel, red': '狗，摩天轮，红色', 'left to right': '左边到右边' },
    ...{ '0:00:08.0 to 0:00:14.0': '0:00:08.0 至 0:00:14.0', 'a.mp4: dog': 'a.mp4：狗' },
    ...{ 'a dog and a cat not shown': '狗和猫没有出现' },
  };
  for (const [answer, chinese] of Object.entries(said)) assert.equal(answerIn('zh', answer), chinese);
  assert.equal(answerIn('en', 'dog'), undefined);
});
