import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { facts, temporaryFolder } from '../../../tests/fixtures/library.ts';
import { textQuery } from '../../language/text-match.ts';
import { withoutParticle, wordsOf } from '../../language/text-words.ts';
import { openStore, type FootageLine } from '../index.ts';

const line = (start: number, text: string, kind: FootageLine['kind'] = 'said'): FootageLine => ({
  kind,
  start,
  end: start + 2,
  text,
});

function setting(t: TestContext) {
  const folder = temporaryFolder(t);
  const store = openStore(folder);
  t.after(() => store.close());
  const { videoId } = store.saveFile('/films/a.mp4', facts('a'));
  const find = (query: string, videos?: string[]) =>
    store.textHits(textQuery(query), 10, videos).map(({ text }) => text);
  return { folder, store, videoId, find };
}

test('words: case, accents, width and plurals do not matter; scripts without spaces are characters', () => {
  assert.deepEqual(wordsOf('Dogs’ cafés, BOXES & ２０ cities'), [
    ['dog'],
    ['cafe'],
    ['box'],
    ['20'],
    ['city'],
  ]);
  assert.deepEqual(wordsOf('看吉他 video 狗'), [['看', '吉', '他'], ['video'], ['狗']]);
  assert.deepEqual(wordsOf('한국어 тёплый'), [['한', '국', '어'], ['теплыи']]);
  assert.deepEqual(wordsOf('ｺｰﾋｰ、コーヒー'), [
    ['コ', 'ー', 'ヒ', 'ー'],
    ['コ', 'ー', 'ヒ', 'ー'],
  ]);
  assert.deepEqual(wordsOf('"*-()'), []);
});

test('lines with all the words come first, then those with some', (t) => {
  const { store, videoId, find } = setting(t);
  store.setText(videoId, 's', [line(0, 'A red bus.'), line(5, 'The red car'), line(9, 'cars are fast')]);
  assert.equal(find('red cars')[0], 'The red car');
  assert.deepEqual(new Set(find('red cars')), new Set(['The red car', 'A red bus.', 'cars are fast']));
});

test('a Chinese word of two characters is found inside a line, its characters in another order are not', (t) => {
  const { store, videoId, find } = setting(t);
  store.setText(videoId, 's', [line(0, '有人弹吉他唱歌'), line(5, '他吉祥')]);
  assert.deepEqual(find('吉他'), ['有人弹吉他唱歌']);
  assert.deepEqual(find('歌'), ['有人弹吉他唱歌']);
});

test('a Japanese word keeps its long vowels, a Korean one is found before its particle', (t) => {
  const { store, videoId, find } = setting(t);
  const lines = [
    '毎朝コーヒーを飲みます。',
    'ヒーローのココアはおいしい。',
    '강아지가 공원에서 뛰어놀고 있어요',
  ];
  store.setText(
    videoId,
    's',
    lines.map((text, at) => line(at * 5, text)),
  );
  assert.deepEqual(find('コーヒー'), [lines[0]]);
  assert.deepEqual(find('강아지'), [lines[2]]);
  assert.deepEqual(find('공원'), [lines[2]]);
  assert.deepEqual(withoutParticle([...'강아지는']), [...'강아지']);
  assert.deepEqual(withoutParticle([...'공원']), [...'공원']);
  assert.deepEqual(withoutParticle(['dog']), ['dog']);
});

test('what stands in quotes is literal, in one line or over several', (t) => {
  const { store, videoId, find } = setting(t);
  store.setText(videoId, 's', [line(0, 'It was the best of times'), line(5, 'The times were best of all')]);
  assert.deepEqual(find('"best of times"')[0], 'It was the best of times');
  assert.equal(find('"best of time"')[0], 'It was the best of times', 'a part, for whoever joins lines');
  assert.deepEqual(find('times best').length, 2, 'words need not be adjacent');
});

test('a part of a number or plate is found, and accents are forgiven', (t) => {
  const { store, videoId, find } = setting(t);
  const lines = ['Invoice 1234567890', 'Plate AB12 CDE', 'Le café est fermé', 'Le cafe du coin'];
  store.setText(
    videoId,
    's',
    lines.map((text, at) => line(at * 5, text, 'on-screen')),
  );
  assert.deepEqual(find('567890'), [lines[0]]);
  assert.deepEqual(find('b12cd'), [lines[1]]);
  assert.deepEqual(find('cafe').length, 2);
  assert.deepEqual(find('Café').length, 2);
});

test('lines of a stretch are those that reach into it', (t) => {
  const { store, videoId } = setting(t);
  store.setText(videoId, 's', [line(0, 'a'), line(5, 'b'), line(9, 'c')]);
  const texts = store.lines(videoId, ['captions'], { from: 2, to: 5 }).map(({ text }) => text);
  assert.deepEqual(texts, ['a', 'b']);
});

test('operators, quotes and stars are plain words', (t) => {
  const { store, videoId, find } = setting(t);
  store.setText(videoId, 's', [line(0, 'cats AND dogs')]);
  for (const query of [
    '"dogs',
    'dogs*',
    'NEAR(dogs',
    'dogs OR',
    'words:dogs',
    'dogs -cats',
    '^dogs',
    "dogs'; --",
  ])
    assert.deepEqual(find(query), ['cats AND dogs'], query);
  for (const query of ['', '"""', '* ( ) :', '\u0000']) assert.deepEqual(find(query), [], query);
});

test('new text takes the place of the old, and goes with its video', (t) => {
  const { store, videoId, find } = setting(t);
  assert.equal(store.textSource(videoId), undefined);
  store.setText(videoId, 'first', [line(0, 'a dog')]);
  store.setText(videoId, 'second', [line(0, 'a cat')]);
  assert.equal(store.textSource(videoId), 'second');
  assert.deepEqual([find('dog'), find('cat')], [[], ['a cat']]);
  store.removeVideo(videoId);
  assert.deepEqual(find('cat'), []);
});

test('a search in some videos is not crowded out by the others', (t) => {
  const { store, videoId, find } = setting(t);
  const other = store.saveFile('/films/b.mp4', facts('b')).videoId;
  store.setText(
    other,
    's',
    Array.from({ length: 50 }, (_, i) => line(i, 'dog')),
  );
  store.setText(videoId, 's', [line(0, 'my own long line about a dog')]);
  assert.deepEqual(find('dog', [videoId]), ['my own long line about a dog']);
});
