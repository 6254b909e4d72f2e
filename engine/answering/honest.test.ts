import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  builtinCalibration,
  builtinVocabulary,
  MadeWorld,
  type MadeShot,
} from '../../tests/fixtures/search.ts';
import { colours, packShares, type Colour } from '../protocol/colours.ts';
import { matchNouns } from '../language/vocabulary/match.ts';
import { languageOf } from '../language/language.ts';
import { understands } from '../language/understanding.ts';
import { find } from '../search/find.ts';
import { ask } from './ask.ts';
import { plan } from './plan.ts';
import type { SearchDeps } from '../search/types.ts';

/** The built-in model's way of seeing, with its own words: what it says where it can't know. */
const box = [0.3, 0.3, 0.5, 0.8] as const;
const seen = (label: string, score = 0.8, colour?: Colour): NonNullable<MadeShot['seen']>[number] => ({
  ...{ label, score, box },
  ...(colour && {
    colours: packShares(colours.map((one) => (one === colour ? 0.5 : one === 'white' ? 0.3 : 0))),
  }),
});

function depsOf(made: MadeWorld): SearchDeps {
  const { model, ...deps } = made.deps;
  return { ...deps, match: matchNouns, model: { ...model, languages: ['en'] } };
}

/** A room with a person, filmed as it is: much to see, nothing that fills the picture. */
function room(): MadeWorld {
  const made = new MadeWorld(['room', 'person', 'wind chime', 'shoes', 'guitar']);
  made.calibration = builtinCalibration;
  return made.add('room', [
    { shows: 'room', seconds: 10, seen: [seen('person'), seen('chair', 0.7)] },
    { shows: 'person', seconds: 20, seen: [seen('person'), seen('chair', 0.7)] },
    { shows: 'room', seconds: 10, seen: [seen('chair', 0.7)] },
  ]);
}

/** Plain shots of single things, as the sample recording has them: the detector is hardly ever sure. */
function plainShots(): MadeWorld {
  const made = new MadeWorld(['camel', 'guitar', 'tent', 'street', 'piano']);
  made.calibration = builtinCalibration;
  return made.add('plain', [
    { shows: 'camel', seconds: 10 },
    { shows: 'guitar', seconds: 10 },
    { shows: 'tent', seconds: 10 },
  ]);
}

const about = (question: string, made = room(), deps = depsOf(made)) => ask(deps, { question });

suite('what nobody here has words for', () => {
  test('is never said not to be there', async () => {
    for (const question of [
      'Where is the table?',
      'Is there a table?',
      'When is the exam?',
      'Is there a bookcase?',
    ]) {
      const { answer, confident, confidence, cannot } = await about(question);
      assert.equal(cannot?.code, 'unknown-thing', question);
      assert.match(answer, /^Can’t tell/);
      assert.deepEqual([confident, confidence], [false, 0], question);
    }
  });

  test('is counted no times neither', async () => {
    for (const question of ['How many wardrobes are there?', 'How many times does the exam appear?']) {
      const { answer, cannot } = await about(question);
      assert.equal(cannot?.code, 'unknown-thing', question);
      assert.notEqual(answer, '0');
    }
  });

  test('is not shown where a detector knows it and saw none', async () => {
    const { answer, confident, cannot } = await about('Is there a zebra?');
    assert.deepEqual([answer, confident, cannot], ['no', true, undefined]);
  });

  test('of what was taught by plain shots it is told there, and not in footage full of things', async () => {
    assert.equal((await about('Is there a saxophone?', plainShots())).answer, 'no');
    assert.equal((await about('Is there a piano?', plainShots())).answer, 'no', 'a grand piano is one');
    const { cannot } = await about('Is there a saxophone?');
    assert.equal(cannot?.code, 'unclear-footage');
  });

  test('decides nothing of two things, unless the other does', async () => {
    assert.equal((await about('Is there a bookcase and a zebra?')).answer, 'no');
    assert.equal((await about('Is there a bookcase or a person?')).answer, 'yes');
    assert.equal((await about('Is there a bookcase and a person?')).cannot?.code, 'unknown-thing');
    assert.equal(
      (await about('Which comes first, the bookcase or the person?')).cannot?.code,
      'unknown-thing',
    );
  });
});

suite('a name', () => {
  test('is not guessed by a decoder that was taught names only', async () => {
    const { cannot, confident, evidence } = await about('What is the person holding?');
    assert.equal(cannot?.code, 'unknown-question');
    assert.equal(confident, false);
    assert.ok(evidence.length > 0, 'what comes nearest is shown');
  });

  test('of a natural scene is what the detector bears out', async () => {
    const made = room();
    made.written.set('what is this?', 'wind chime');
    const { answer } = await about('What is shown at 0:05?', made);
    assert.ok(['person', 'chair'].includes(answer), answer);
  });

  test('of animals is no person’s', async () => {
    const made = room();
    made.written.set('what is this?', 'helicopter');
    const { answer, confident } = await about('What animals are there?', made);
    assert.ok(!/person|helicopter/.test(answer) || !confident, answer);
  });
});

suite('a class that stands for several words', () => {
  test('is found by what can be told, below the line, and says so', async () => {
    const made = room();
    const { confident, moments } = await find(depsOf(made), { query: 'a woman' });
    assert.ok(!confident);
    const [best] = moments;
    assert.ok(best.confidence <= 0.5, `${best.confidence}`);
    assert.ok(best.why?.some((why) => why.code === 'saw' && why.label === 'person'));
    assert.match(best.reason, /can’t tell whether “woman”/);
    assert.ok((await find(depsOf(made), { query: 'a person' })).confident);
    assert.ok((await find(depsOf(made), { query: 'a man or a woman' })).confident);
  });

  test('is neither there nor not there in an answer', async () => {
    for (const question of [
      'Is there a woman?',
      'How many children are there?',
      'When does the taxi appear?',
    ]) {
      const made = room().add('street', [{ shows: 'room', seconds: 10, seen: [seen('car')] }]);
      const { cannot, confident } = await about(question, made);
      assert.equal(cannot?.code, 'class-only', question);
      assert.ok(!confident);
    }
    assert.equal((await about('Is there a puppy?')).answer, 'no', 'no dog is no puppy');
  });
});

suite('an attribute', () => {
  test('that nobody confirms keeps a moment below the line, and is named', async () => {
    const { confident, moments } = await find(depsOf(room()), { query: 'a person sitting' });
    assert.ok(!confident);
    assert.match(moments[0].reason, /“sitting” unsure/);
  });

  test('of colour is that which a thing is called by', async () => {
    const made = new MadeWorld(['street']).add('street', [
      { shows: 'street', seconds: 10, seen: [seen('car', 0.9, 'red')] },
    ]);
    assert.ok(!(await find(depsOf(made), { query: 'a white car' })).confident);
    assert.ok((await find(depsOf(made), { query: 'a red car' })).confident);
    assert.equal((await about('What colour is the car?', made)).answer, 'red');
  });
});

suite('what is said', () => {
  test('answers what no picture can, word for word, with its moment', async () => {
    const made = room();
    made.lines.push({
      ...{ videoId: 'room', kind: 'said', start: 12, end: 15 },
      text: 'Remember, the exam is on Friday at nine.',
    });
    for (const question of ['When is the exam?', 'Is there an exam?']) {
      const { answer, confident, cannot, evidence } = await about(question, made);
      assert.match(answer, /the exam is on Friday at nine/, question);
      assert.deepEqual([confident, cannot], [true, undefined]);
      assert.deepEqual([evidence[0].start, evidence[0].end], [12, 15]);
      assert.equal(evidence[0].why?.[0].code, 'said');
    }
  });

  test('doesn’t hide behind a file’s name', async () => {
    const made = plainShots().add('parking lot phone video', [{ shows: 'street', seconds: 30 }]);
    made.lines.push({ videoId: 'plain', kind: 'said', start: 3, end: 5, text: 'a phone video of the lot' });
    const { moments, confident } = await find(depsOf(made), { query: 'phone video' });
    assert.deepEqual(
      moments.slice(0, 2).map(({ source }) => source),
      ['said', 'name'],
    );
    assert.ok(confident);
    made.lines.length = 0;
    const named = await find(depsOf(made), { query: 'phone video' });
    assert.equal(named.moments[0].source, 'name');
    assert.ok(!named.confident, 'what is only called so was neither seen nor heard');
  });
});

suite('the time scale', () => {
  test('is agreed on by nobody where the decoder isn’t asked', async () => {
    const made = room();
    const result = await ask(depsOf(made), { question: 'How many people are there?', gamma: 'auto' });
    assert.equal(result.decoder, false);
    assert.equal(result.agreement, undefined);
    assert.equal(result.runs?.length, 1);
    assert.ok(result.confidence < 1);
    assert.equal((await plan(depsOf(made), { question: 'How many people are there?' })).passes, 0);
  });

  test('matters where it is asked', async () => {
    const result = await ask(depsOf(plainShots()), { question: 'What is shown first?', gamma: 'auto' });
    assert.equal(result.decoder, true);
    assert.equal(result.agreement, 1);
    assert.equal(result.runs?.length, 5);
  });

  test('is the bundle’s own, where “auto” runs them', async () => {
    const deps = depsOf(plainShots());
    const model = { ...deps.model, trainedGammas: [0.8, 1, 2] };
    const { runs } = await ask({ ...deps, model }, { question: 'What is shown first?', gamma: 'auto' });
    assert.deepEqual(
      runs?.map(({ gamma }) => gamma),
      [0.8, 1, 2],
    );
  });
});

test('what is no question is answered kindly, and nothing is looked at', async () => {
  const cases = {
    language: '有几个人？',
    greeting: 'Hello there!',
    statement: 'The dog is brown.',
    incomplete: 'What comes after the',
    several: 'Is there a dog? How many cars are there?',
  };
  for (const [code, question] of Object.entries(cases)) {
    const made = room();
    const { answer, confident, cannot, evidence, decoder } = await about(question, made);
    assert.equal(cannot?.code, code, question);
    assert.deepEqual([confident, evidence, decoder], [false, [], false]);
    assert.doesNotMatch(answer, /not shown|^no$/i);
    assert.equal(made.calls.open, 0);
    assert.equal(made.answers.size, 0);
  }
  assert.match((await about('Wo ist der Tisch?')).answer, /understands English only/);
});

suite('a find in a language that the model wasn’t taught', () => {
  test('says so, and finds no picture', async () => {
    for (const query of ['一张桌子', 'ein Mann und eine Frau', 'собака']) {
      const { confident, moments, cannot } = await find(depsOf(room()), { query });
      assert.deepEqual(cannot, { code: 'language', languages: ['en'] }, query);
      assert.deepEqual([confident, moments.length], [false, 0], query);
    }
  });

  test('finds what is said in it all the same', async () => {
    const made = room();
    made.lines.push({ videoId: 'room', kind: 'said', start: 12, end: 15, text: '考试在星期三。' });
    const { confident, moments, cannot } = await find(depsOf(made), { query: '考试' });
    assert.equal(cannot?.code, 'language');
    assert.deepEqual([confident, moments[0].source, moments[0].start], [true, 'said', 12]);
  });

  test('looks where the bundle declares the language, or none, or the words may be of any', async () => {
    const deps = depsOf(room());
    const speaking = (languages: string[] | undefined) => ({ ...deps, model: { ...deps.model, languages } });
    for (const some of [speaking(['en', 'zh']), speaking(undefined)])
      assert.equal((await find(some, { query: '桌子' })).cannot, undefined);
    for (const query of ['taxi', 'a person', 'wind chime'])
      assert.equal((await find(deps, { query })).cannot, undefined, query);
  });

  test('is none of the names that a model was taught', () => {
    for (const name of builtinVocabulary.names ?? []) assert.ok(understands(languageOf(name), ['en']), name);
  });
});
