import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../demo/sample/random.ts';
import { castOf, drawingOf } from './cast.ts';
import { planShots } from './moments.ts';
import { planPhotographs } from './photographs.ts';
import { planReading, type Readable } from './reading-plan.ts';
import { castCandidates } from './scenes.ts';
import { planTogether } from './together.ts';

const thing = (name: string, ...more: string[]) => ({ name, names: [name, ...more] });
const words =
  'ant,bear,camel,duck,eagle,fox,goat,horse,ibis,jaguar,koala,lion,mouse,newt,otter,panda,quail,rabbit,snake,tiger';
const pool: Readable[] = words
  .split(',')
  .flatMap((name) =>
    [1, 2].map((value) => ({ thing: thing(name), tokens: Float32Array.of(value), label: {} })),
  );

test('every photograph video shows each kind once, and other photographs than the one before', () => {
  const photographs = { cup: ['c1', 'c2', 'c3'], dog: ['d1', 'd2'] };
  const videos = planPhotographs(photographs, 3, 1);
  for (const { kinds } of videos) assert.deepEqual(kinds.toSorted(), ['cup', 'dog']);
  const cups = videos.map(({ kinds, files }) => files[kinds.indexOf('cup')]);
  assert.deepEqual(cups.toSorted(), ['c1', 'c2', 'c3']);
  assert.deepEqual(planPhotographs(photographs, 3, 1), videos);
  assert.notDeepEqual(planPhotographs(photographs, 3, 2), videos);
});

test('a thing is drawn by the icon that bears one of its names', () => {
  assert.deepEqual(drawingOf(thing('dog'), 'noto'), { name: 'dog', style: 'noto', icon: 'dog' });
  assert.equal(drawingOf(thing('motorbike', 'motorcycle'), 'noto')?.icon, 'motorcycle');
  assert.equal(drawingOf(thing('okapi'), 'noto'), undefined);
});

test('what painted backgrounds show, and what one icon calls by two names, is not cast', () => {
  const cast = castOf(
    [thing('sun'), thing('dog'), thing('motorbike', 'motorcycle'), thing('motorcycle')],
    ['noto'],
  );
  assert.deepEqual(
    cast.map(({ name }) => name),
    ['dog'],
  );
});

test('every thing is a candidate before any comes again in another style', () => {
  const drawings = ['dog', 'cat', 'cow'].flatMap((name) =>
    (['noto', 'fluent-emoji-flat'] as const).map((style) => ({ name, style, icon: name })),
  );
  const four = castCandidates(drawings, 4, new Random(1));
  assert.equal(four.length, 4);
  assert.equal(new Set(four.slice(0, 3).map(({ name }) => name)).size, 3);
  assert.equal(castCandidates(drawings, 100, new Random(1)).length, 6);
});

test('shots of different things fill a video without a gap', () => {
  const drawings = pool.map(({ thing: { name } }) => ({ name, style: 'noto' as const, icon: name }));
  const shots = planShots(drawings, 100, new Random(5));
  assert.equal(shots[0].first, 0);
  assert.equal(shots.at(-1)!.past, 100);
  for (const [i, { first, past }] of shots.entries()) {
    assert.ok(past - first >= 6, 'no shot of less than three seconds');
    if (i > 0) assert.equal(first, shots[i - 1].past);
  }
  assert.equal(new Set(shots.map(({ drawing }) => drawing.name)).size, shots.length);
});

test('half of the yes-or-no questions are about what is not shown', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { shots, asked } = planReading(pool, 8, new Random(seed), {
      alike: () => [thing('tiger'), thing('ant')],
      kinds: {},
    });
    const shown = new Set(shots.map(({ thing: { name } }) => name));
    const of = (task: string) => asked.filter((one) => one.task === task);
    assert.equal(shots.length, 8);
    assert.equal(of('shown').length, 4);
    assert.equal(of('absent').length, 4);
    for (const { subject } of of('shown')) assert.ok(shown.has(subject));
    for (const { subject } of [...of('absent'), ...of('look-alike')]) assert.ok(!shown.has(subject));
  }
});

test('answers follow from the shots', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { shots, asked } = planReading(pool, 6, new Random(seed), { alike: () => [], kinds: {} });
    const names = shots.map(({ thing: { name } }) => name);
    for (const { task, subject, right, shot } of asked) {
      const at = names.indexOf(subject);
      if (task === 'after') assert.deepEqual(right, [names[at + 1] ?? 'nothing']);
      if (task === 'before') assert.deepEqual(right, [names[at - 1] ?? 'nothing']);
      if (task === 'first') assert.deepEqual(right, [names[0]]);
      if (task === 'last') assert.deepEqual(right, [names[5]]);
      if (task === 'what') assert.deepEqual(right, [names[shot!]]);
      if (task === 'count') {
        const times = names.filter((name) => name === subject).length;
        assert.deepEqual(right, [['zero', 'one', 'two', 'three'][times]]);
      }
      if (task === 'after' || task === 'before')
        assert.equal(names.lastIndexOf(subject), at, 'asked about what is shown once');
    }
    for (const [i, name] of names.entries()) assert.notEqual(name, names[i + 1], 'no thing twice in a row');
  }
});

test('long videos are asked for yes and no only', () => {
  const { shots, asked } = planReading(pool, 64, new Random(1), {
    alike: () => [],
    kinds: {},
    only: 'yes-no',
  });
  assert.equal(shots.length, 64);
  assert.deepEqual([...new Set(asked.map(({ task }) => task))], ['shown']);
});

test('as many kinds are asked about that are shown as are not, and none that may be', () => {
  const kinds = {
    mammal: {
      are: ['bear', 'camel', 'fox', 'goat', 'horse', 'jaguar', 'koala', 'lion'],
      'may be': ['mouse'],
    },
    bird: { are: ['duck', 'eagle', 'ibis', 'quail'], 'may be': [] },
    insect: { are: ['ant'], 'may be': ['newt'] },
    vehicle: { are: [], 'may be': [] },
  };
  let count = 0;
  for (let seed = 0; seed < 40; seed++) {
    const { shots, asked } = planReading(pool, 4, new Random(seed), { alike: () => [], kinds });
    const shown = (names: readonly string[]) => shots.some(({ thing: { name } }) => names.includes(name));
    const of = asked.filter(({ task }) => task === 'kind');
    for (const { subject, right } of of) {
      const { are, 'may be': maybe } = kinds[subject as keyof typeof kinds];
      assert.deepEqual(right, [shown(are) ? ' yes' : ' no']);
      assert.ok(shown(are) || !shown(maybe), subject);
    }
    assert.equal(of.filter(({ right }) => right[0] === ' yes').length * 2, of.length);
    count += of.length;
  }
  assert.ok(count > 40, 'kinds are asked about at all');
});

test('scenes of two things have one on each side, of which neither may be the other', () => {
  const drawings = ['red apple', 'apple', 'dog', 'cup'].map((name) => ({
    name,
    style: 'noto' as const,
    icon: name,
  }));
  const scenes = planTogether(drawings, 200, new Random(1));
  assert.deepEqual(planTogether(drawings, 200, new Random(1)), scenes);
  const pairs = scenes.filter(({ shows }) => shows.length === 2);
  assert.ok(pairs.length > 100 && pairs.length < 180);
  for (const {
    shows: [a, b],
  } of pairs) {
    assert.deepEqual([a.side, b.side], ['left', 'right']);
    assert.ok(a.x < 0.42 && b.x > 0.58);
    assert.ok(!(a.drawing.name.includes('apple') && b.drawing.name.includes('apple')));
  }
  const alone = scenes.filter(({ shows }) => shows.length === 1).map(({ shows }) => shows[0].side);
  assert.deepEqual([...new Set(alone)].toSorted(), ['left', 'middle', 'right']);
});
