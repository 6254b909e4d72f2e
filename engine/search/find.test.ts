import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MadeWorld } from '../../tests/fixtures/search.ts';
import { findResultSchema, type FindResult } from '../protocol/results.ts';
import { find } from './find.ts';

const dog = { label: 'dog', score: 0.7, box: [0.4, 0.4, 0.6, 0.6] as const };

/** Three videos; the detector of this world knows dogs and zebras, and saw a dog in "park". */
function world(): MadeWorld {
  const made = new MadeWorld(['guitar', 'dog', 'tree', 'sea', 'zebra', 'piano'])
    .add('concert', [
      { shows: 'tree', seconds: 20 },
      { shows: 'guitar', seconds: 6 },
      { shows: 'sea', seconds: 20 },
    ])
    .add('park', [
      { shows: 'tree', seconds: 10 },
      { shows: 'dog', seconds: 5, seen: [dog] },
      { shows: 'tree', seconds: 30 },
    ])
    .add('beach', [{ shows: 'sea', seconds: 40 }]);
  made.known = { dog: ['dog'], zebra: ['zebra'] };
  return made;
}

test('a scene is found by its embedding, with its start and end', async () => {
  const result = await find(world().deps, { query: 'a guitar' });
  findResultSchema.parse(result);
  assert.equal(result.confident, true);
  const [first] = result.moments;
  assert.deepEqual([first.videoId, first.start, first.end, first.source], ['concert', 20, 26, 'scene']);
  assert.ok(first.confidence > 0.5);
});

test('an object is found by the detector, and the reason says what was seen', async () => {
  const { confident, moments } = await find(world().deps, { query: 'a dog' });
  assert.equal(confident, true);
  const first = moments[0];
  assert.deepEqual([first.videoId, first.start, first.end, first.source], ['park', 10, 15, 'object']);
  assert.match(first.reason, /^Saw a dog, 10 of 10 frames/);
  assert.deepEqual(first.why?.[0], {
    code: 'saw',
    label: 'dog',
    frames: 10,
    ofFrames: 10,
    most: 1,
    score: 0.7,
  });
});

test('what the detector knows and never saw is not here, though the nearest are listed', async () => {
  const { confident, moments } = await find(world().deps, { query: 'a zebra' });
  assert.equal(confident, false);
  assert.ok(moments.length > 0);
  assert.ok(moments.every(({ confidence }) => confidence < 0.5));
});

test('a drawing that the detector misses is found where the embedding is very sure', async () => {
  const made = world();
  made.add('savanna', [{ shows: 'zebra', seconds: 8 }]);
  const { confident, moments } = await find(made.deps, { query: 'a zebra' });
  assert.equal(confident, true);
  assert.equal(moments[0].videoId, 'savanna');
});

test('what nobody knows and nothing resembles is not here', async () => {
  const { confident, examined } = await find(world().deps, { query: 'a steam engine' });
  assert.equal(confident, false);
  assert.deepEqual(examined, { videos: 3, seconds: 131 });
});

test('the first list comes before the re-check, the answer after it', async () => {
  const made = world();
  const firsts: FindResult[] = [];
  const result = await find(
    made.deps,
    { query: 'a guitar', gamma: 1.25 },
    { onFirst: (first) => firsts.push(first) },
  );
  assert.equal(firsts.length, 1);
  assert.deepEqual([firsts[0].refined, result.refined], [false, true]);
  assert.equal(firsts[0].moments[0].checked, undefined);
  assert.ok(result.moments[0].checked! > 0.9);
  assert.ok(made.prompts.every(({ question, gamma }) => question === 'is there a guitar?' && gamma === 1.25));
});

test('a kind of thing that the decoder wasn’t taught is not looked at again', async () => {
  const made = world();
  const { refined } = await find(made.deps, { query: 'a pet' });
  assert.deepEqual([refined, made.calls.score], [false, 0]);
  await find(made.deps, { query: 'animals' });
  assert.ok(made.calls.score > 0);
  assert.ok(made.prompts.every(({ question }) => question === 'is there an animal?'));
});

test('a re-check that says no takes a moment down', async () => {
  const made = world();
  made.add('rehearsal', [{ shows: 'guitar', seconds: 4 }]);
  const before = await find(made.deps, { query: 'guitar', refine: false });
  made.sureness = 0.05;
  const after = await find(made.deps, { query: 'guitar' });
  assert.equal(before.refined, false);
  assert.ok(after.moments[0].confidence < before.moments[0].confidence);
});

test('in searches the named videos only, by id or path', async () => {
  const { moments, examined } = await find(world().deps, {
    query: 'guitar',
    in: ['beach', '/films/park.mp4', 'beach'],
  });
  assert.equal(examined.videos, 2);
  assert.ok(moments.every(({ videoId }) => videoId !== 'concert'));
});

test('a video that is indexed with another model is left out and counted', async () => {
  const made = world().add('old', [{ shows: 'guitar', seconds: 9 }], { modelFingerprint: 'another' });
  const { skipped, moments } = await find(made.deps, { query: 'guitar', in: ['old', 'concert'] });
  assert.equal(skipped, 1);
  assert.ok(moments.every(({ videoId }) => videoId === 'concert'));
});

test('an empty library answers without loading the model', async () => {
  const made = new MadeWorld(['dog']);
  const result = findResultSchema.parse(await find(made.deps, { query: 'a dog' }));
  assert.deepEqual([result.confident, result.moments, made.calls.open], [false, [], 0]);
});

test('no more moments are listed than wanted, best first', async () => {
  const { moments } = await find(world().deps, { query: 'sea', limit: 2 });
  assert.equal(moments.length, 2);
  assert.ok(moments[0].score >= moments[1].score);
});

for (const [request, message] of [
  [{ query: '' }, /query must be some words.*got ""/],
  [{ query: '   ' }, /query must be some words/],
  [{ query: '\t\n\u00a0' }, /query must be some words/],
  [{ query: 'x'.repeat(100_000) }, /query must be some words, at most 2000 characters, got "xxx/],
  [{ query: 'dog', gamma: 0 }, /gamma must be a number from 0\.25 to 4, got 0/],
  [{ query: 'dog', gamma: 'fast' }, /gamma must be .*, got "fast"/],
  [{ query: 'dog', gamma: NaN }, /gamma must be .*, got NaN/],
  [{ query: 'dog', limit: 0 }, /limit must be a whole number from 1 to 1000, got 0/],
  [{ query: 'dog', gama: 1 }, /known fields, got "gama"/],
] as const)
  test(`find refuses ${JSON.stringify(request).slice(0, 60)} and quotes it`, async () => {
    await assert.rejects(find(world().deps, request as never), (error: { code: string; message: string }) => {
      assert.equal(error.code, 'bad-argument');
      assert.match(error.message, message);
      return true;
    });
  });

/** The same with text: somebody speaks of a piano in "beach", a chapter of "concert" and a file are called so. */
function told(): MadeWorld {
  const made = world().add('piano lesson', [{ shows: 'tree', seconds: 9 }]);
  made.lines.push(
    { videoId: 'beach', kind: 'said', start: 12, end: 14, text: 'I had a “piano” once.', language: 'en' },
    { videoId: 'beach', kind: 'said', start: 15, end: 17, text: 'A piano is heavy.' },
    { videoId: 'concert', kind: 'chapter', start: 20, end: 46, text: 'Guitars and pianos' },
  );
  return made;
}

test('what is said, and names of chapters and files, are found, each with its reason', async () => {
  const result = findResultSchema.parse(await find(told().deps, { query: 'a piano', limit: 3 }));
  assert.equal(result.confident, true);
  const by = new Map(result.moments.map((moment) => [`${moment.videoId} ${moment.source}`, moment]));
  const said = by.get('beach said')!;
  assert.deepEqual([said.start, said.end], [12, 17], 'lines that follow each other are one moment');
  assert.deepEqual(
    said.why?.map(({ code }) => code),
    ['said', 'said'],
  );
  assert.match(said.reason, /^Said at 0:00:12\.0: “I had a “piano” once\.”/);
  assert.deepEqual([by.get('concert name')?.start, by.get('concert name')?.end], [20, 46]);
  assert.match(by.get('piano lesson name')!.reason, /^File name “piano lesson”/);
});

test('a line that is said while the thing is seen makes one moment likelier, with both reasons', async () => {
  const faint = { ...dog, score: 0.4 };
  const made = new MadeWorld(['tree', 'sea', 'dog']).add('park', [
    { shows: 'tree', seconds: 10 },
    { shows: 'sea', seconds: 5, seen: [faint] },
    { shows: 'tree', seconds: 30 },
  ]);
  made.known = { dog: ['dog'] };
  const before = await find(made.deps, { query: 'a dog', refine: false });
  made.lines.push({ videoId: 'park', kind: 'said', start: 11, end: 13, text: 'Look, a dog!' });
  const { moments } = await find(made.deps, { query: 'a dog', refine: false });
  assert.deepEqual([moments[0].start, moments[0].end], [10, 15]);
  assert.ok(moments[0].confidence > before.moments[0].confidence);
  assert.deepEqual(moments[0].why?.map(({ code }) => code).sort(), ['looks-like', 'said', 'saw']);
  assert.ok(!moments.some(({ source }) => source === 'said'), 'it is not listed twice');
});

/** A talk whose captions break its sentences, and a slide. */
function talk(): MadeWorld {
  const made = world();
  const said = (start: number, text: string) =>
    made.lines.push({ videoId: 'beach', kind: 'said', start, end: start + 2, text });
  said(0, 'Let us begin.');
  said(2, 'It was the winter');
  said(4, 'of despair, we had everything');
  said(6, 'before us.');
  said(8, 'The budgets are next.');
  made.lines.push({ videoId: 'beach', kind: 'on-screen', start: 8, end: 14, text: 'Invoice 1234567890' });
  return made;
}

test('a phrase in quotes is literal, also where captions break it; a moment of speech is whole sentences', async () => {
  const { deps } = talk();
  const spans = async (query: string, sources: 'said'[] | 'on-screen'[] = ['said']) =>
    (await find(deps, { query, sources })).moments.map(({ start, end }) => [start, end]);
  assert.deepEqual(await spans('"winter of despair"'), [[2, 8]]);
  assert.deepEqual(await spans('"despair of winter"'), []);
  assert.deepEqual(await spans('everything'), [[2, 8]]);
  assert.deepEqual(await spans('when do they talk about the budget?'), [[8, 10]]);
  assert.deepEqual(await spans('"budget"'), []);
  assert.deepEqual(await spans('345678', ['on-screen']), [[8, 14]]);
});

test('words and pictures that fall together lift each other, and what was surely not seen stays so', async () => {
  const made = new MadeWorld(['tree', 'sea', 'dog']).add('park', [
    { shows: 'tree', seconds: 10 },
    { shows: 'sea', seconds: 5, seen: [{ ...dog, score: 0.3 }] },
    { shows: 'tree', seconds: 10 },
  ]);
  made.known = { dog: ['dog'] };
  const ask = async () => (await find(made.deps, { query: 'a dog near the castle', refine: false })).moments;
  const at = async (start: number) => (await ask()).find((moment) => moment.start === start)!;
  const [before, tree] = [await at(10), (await ask()).find(({ start }) => start !== 10)!];
  made.lines.push({ videoId: 'park', kind: 'said', start: 11, end: 13, text: 'Look at the castle!' });
  const after = await at(10);
  assert.ok(after.confidence > before.confidence, `${before.confidence} -> ${after.confidence}`);
  assert.ok(after.why?.some(({ code }) => code === 'said'));
  assert.equal((await at(tree.start)).confidence, tree.confidence);
});

test('sources say by what may be found; text alone needs no model', async () => {
  const made = told();
  const said = await find(made.deps, { query: 'a piano', sources: ['said'] });
  assert.deepEqual([...new Set(said.moments.map(({ source }) => source))], ['said']);
  assert.equal(made.calls.open, 0);
  const scene = await find(made.deps, { query: 'a dog', sources: ['scene'] });
  assert.ok(scene.moments.every(({ source }) => source === 'scene'));
  const nothing = await find(made.deps, { query: 'a trombone', sources: ['said', 'name'] });
  assert.deepEqual([nothing.confident, nothing.moments, nothing.examined.videos], [false, [], 4]);
});

/** Videos in folders, of different days and lengths. */
function dated(): MadeWorld {
  const made = new MadeWorld(['sea']);
  const add = (id: string, seconds: number, path: string, date?: string) =>
    made.add(id, [{ shows: 'sea', seconds }], { path, ...(date ? { date: Date.parse(date) } : {}) });
  add('a', 10, '/films/2024/a.mp4', '2024-01-01T00:00:00');
  add('b', 100, '/films/2024/summer/b.mp4', '2024-07-01T12:00:00');
  add('c', 20, '/films/2024-old/c.mp4', '2023-12-31T23:59:59');
  add('d', 30, '/films/d.mp4');
  return made;
}

for (const [filter, expected] of [
  [{}, 'abcd'],
  [{ folders: ['/films/2024'] }, 'ab'],
  [{ folders: ['/films/2024/summer/', '/films/2024-old'] }, 'bc'],
  [{ after: '2024-01-01' }, 'ab'],
  [{ before: '2024-01-01' }, 'c'],
  [{ after: '2024-01-01', before: '2024-07-01T11:00:00Z' }, 'a'],
  [{ minSeconds: 20 }, 'bcd'],
  [{ minSeconds: 20, maxSeconds: 30 }, 'cd'],
  [{ in: ['a', 'c'], after: '2024-01-01' }, 'a'],
  [{ in: ['/films/2024', 'd'] }, 'abd'],
  [{ in: ['/films/2024/', 'a'] }, 'ab'],
  [{ in: ['/films'], folders: ['/films/2024-old'] }, 'c'],
  [{ folders: ['/nowhere'] }, ''],
] as const)
  test(`the filter ${JSON.stringify(filter)} leaves ${expected || 'nothing'}`, async () => {
    const { moments, examined } = await find(dated().deps, { query: 'sea', ...filter } as never);
    assert.equal(examined.videos, expected.length);
    assert.equal([...new Set(moments.map(({ videoId }) => videoId))].sort().join(''), expected);
  });

test('a copy is found in the folder that is searched, and named by its place there', async () => {
  const copies = ['/films/old/d.mp4', '/films/new/d.mp4'];
  const made = new MadeWorld(['sea']).add('d', [{ shows: 'sea', seconds: 10 }], { path: copies[0], copies });
  for (const path of copies) {
    const folders = [path.slice(0, -6)];
    const { moments } = await find(made.deps, { query: 'sea', folders });
    assert.deepEqual([...new Set(moments.map((moment) => moment.path))], [path]);
  }
  const { examined } = await find(made.deps, { query: 'sea', folders: ['/films/ol'] });
  assert.equal(examined.videos, 0);
});

for (const [request, message] of [
  [{ after: 'yesterday' }, /after must be a date as 2024-12-31.*got "yesterday"/],
  [{ before: '2024-13-45' }, /before must be a date/],
  [{ minSeconds: -1 }, /minSeconds must be a number of seconds, 0 or more, got -1/],
  [
    { sources: ['smelled'] },
    /sources must be one of object, scene, said, on-screen, sound, name, got "smelled"/,
  ],
] as const)
  test(`find refuses the filter ${JSON.stringify(request)}`, async () => {
    await assert.rejects(find(dated().deps, { query: 'sea', ...request } as never), {
      code: 'bad-argument',
      message,
    });
  });

test('how much of the library is indexed is told with the result', async () => {
  const made = world();
  made.waiting = 7;
  const { library } = await find(made.deps, { query: 'a trombone' });
  assert.deepEqual(library, { videos: 10, indexed: 3 });
});

test('a moment whose footage vanished or changed says so', async () => {
  const { deps } = world();
  const { moments } = await find(
    { ...deps, footageState: async ({ id }) => (id === 'park' ? 'missing' : undefined) },
    { query: 'a dog' },
  );
  assert.deepEqual([moments[0].videoId, moments[0].footage], ['park', 'missing']);
});

test('a large library is looked at where its codes point, and finds what going through it finds', async () => {
  const made = world();
  const small = await find(made.deps, { query: 'a dog', limit: 2 });
  // Long enough to be more than is gone through.
  made.add('endless', [{ shows: 'sea', seconds: 45_000 }]);
  const large = await find(made.deps, { query: 'a dog', limit: 2 });
  const where = ({ moments: [first] }: FindResult) => [first.videoId, first.start, first.end, first.source];
  assert.deepEqual(where(large), where(small));
  const guitar = await find(made.deps, { query: 'a guitar' });
  assert.deepEqual(where(guitar), ['concert', 20, 26, 'scene']);
});

test('quotes, operators, emoji and other scripts are just words', async () => {
  for (const query of [
    '"dog" OR (cat NEAR/3 *)',
    "'; DROP TABLE videos; --",
    '🐕‍🦺 perro',
    '吉他',
    '\u0000guitar',
  ])
    findResultSchema.parse(await find(world().deps, { query }));
});

test('a cancelled find stops', async () => {
  const controller = new AbortController();
  const search = find(
    world().deps,
    { query: 'guitar' },
    { signal: controller.signal, onFirst: () => controller.abort() },
  );
  await assert.rejects(search, { code: 'cancelled' });
  await assert.rejects(find(world().deps, { query: 'guitar' }, { signal: AbortSignal.abort() }), {
    code: 'cancelled',
  });
});
