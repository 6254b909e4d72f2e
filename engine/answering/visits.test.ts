import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { builtinCalibration, MadeWorld } from '../../tests/fixtures/search.ts';
import { colours, packShares, type Colour } from '../protocol/colours.ts';
import { ask } from './ask.ts';
import { shotsOf } from '../vision/shots.ts';
import { presences, visitsOf } from './visits.ts';
import { numbersOf } from '../search/calibration.ts';
import type { PatchTable } from '../library/patch-types.ts';
import type { SeenObject } from '../core/frames.ts';

/** A made video of one temporal patch a second; `look` is what each shot looks like. */
function footage(seconds: number, cuts: readonly number[] = [], looks: readonly number[] = []) {
  const starts = Float64Array.from({ length: seconds }, (_, i) => i);
  const ends = starts.map((start) => start + 1);
  const shots = shotsOf(starts, ends, cuts);
  const embeddings = new Float32Array(seconds * 4);
  for (const [i, { first, past }] of shots.entries())
    for (let patch = first; patch < past; patch++) embeddings[patch * 4 + (looks[i] ?? 0)] = 1;
  const table: PatchTable = { starts, ends, embeddings, embeddingSize: 4 };
  return { table, shots };
}

/** Somebody in the picture from one second to another, at x; both frames of each temporal patch. */
function somebody(from: number, past: number, x: number, score = 0.7): SeenObject[] {
  return Array.from({ length: (past - from) * 2 }, (_, i) => ({
    patch: from + (i >> 1),
    frame: (i & 1) as 0 | 1,
    label: 'person',
    score,
    box: [x - 0.05, 0.3, x + 0.05, 0.8],
  }));
}

const numbers = numbersOf({ calibration: builtinCalibration });
const ordered = (...seen: SeenObject[][]) =>
  seen.flat().sort((a, b) => a.patch - b.patch || a.frame - b.frame);

suite('visits', () => {
  test('have the times at which somebody was first and last seen', () => {
    const { table, shots } = footage(60);
    const visits = visitsOf(ordered(somebody(5, 20, 0.3), somebody(12, 40, 0.7)), table, shots, numbers);
    assert.deepEqual(
      visits.map(({ start, end, first, past, frames, label }) => [start, end, first, past, frames, label]),
      [
        [5, 20, 5, 20, 30, 'person'],
        [12, 40, 12, 40, 56, 'person'],
      ],
    );
  });

  test('go on after a cutaway where the view comes back, and not where another view comes', () => {
    const seen = ordered(somebody(0, 10, 0.5), somebody(15, 25, 0.5));
    const back = footage(30, [10, 15], [0, 1, 0]);
    assert.equal(visitsOf(seen, back.table, back.shots, numbers).length, 1);
    const other = footage(30, [10, 15], [0, 1, 2]);
    assert.equal(visitsOf(seen, other.table, other.shots, numbers).length, 2);
  });

  test('are surer the surer the detector was, in more than a frame or two', () => {
    const { table, shots } = footage(20);
    const sure = (score: number) =>
      visitsOf(somebody(2, 12, 0.5, score), table, shots, numbers)[0].confidence;
    assert.ok(sure(0.8) > sure(0.5) && sure(0.5) > sure(0.35));
    const flash = somebody(2, 12, 0.5, 0.35).map((one, i) => (i === 3 ? { ...one, score: 0.95 } : one));
    assert.ok(Math.abs(visitsOf(flash, table, shots, numbers)[0].confidence - sure(0.35)) < 1e-9);
  });

  test('of several at once are one presence', () => {
    const { table, shots } = footage(60);
    const visits = visitsOf(
      ordered(somebody(5, 20, 0.3), somebody(12, 30, 0.7), somebody(45, 50, 0.5)),
      table,
      shots,
      numbers,
    );
    assert.deepEqual(
      presences(visits, 4).map(({ start, end }) => [start, end]),
      [
        [5, 30],
        [45, 50],
      ],
    );
  });
});

suite('who comes in', () => {
  const at = (x: number) => ({ label: 'person', score: 0.8, box: [x - 0.05, 0.3, x + 0.05, 0.8] as const });
  const world = (there: number) => {
    const made = new MadeWorld(['room', 'person', 'street']).add('film', [
      { shows: 'room', seconds: 6, seen: there > 0 ? [at(0.2)] : [] },
      { shows: 'street', seconds: 4 },
      { shows: 'person', seconds: 60, seen: [at(0.5)] },
      { shows: 'street', seconds: 4 },
      { shows: 'room', seconds: 8, seen: [at(0.3), at(0.8)] },
    ]);
    made.known = { person: ['person'], people: ['person'] };
    return made;
  };
  const asked = (there: number) =>
    ask(world(there).deps, { question: 'How many people come in?', in: 'film' });

  test('is counted once however long the visit, and each visit is listed with its time', async () => {
    const { answer, evidence, statements } = await asked(0);
    assert.equal(answer, '3');
    assert.deepEqual(
      evidence.map(({ start, end }) => [start, end]),
      [
        [10, 70],
        [74, 82],
        [74, 82],
      ],
    );
    assert.equal(statements?.length, 3);
  });

  test('does not include who was there from the beginning, but tells of them', async () => {
    const { answer, evidence } = await asked(1);
    assert.equal(answer, '3');
    assert.match(evidence.at(-1)!.reason, /from the beginning, not counted/);
  });

  test('is nobody where the detector saw nobody', async () => {
    const made = new MadeWorld(['room', 'person']).add('film', [{ shows: 'room', seconds: 9 }]);
    made.known = { person: ['person'], people: ['person'] };
    const { answer, evidence } = await ask(made.deps, { question: 'How many people come in?', in: 'film' });
    assert.deepEqual([answer, evidence], ['0', []]);
  });

  test('can be asked of what the detector does not know: appearances are counted', async () => {
    const made = new MadeWorld(['room', 'gnome']).add('film', [
      { shows: 'room', seconds: 5 },
      { shows: 'gnome', seconds: 5 },
      { shows: 'room', seconds: 5 },
      { shows: 'gnome', seconds: 5 },
    ]);
    const { answer } = await ask(made.deps, { question: 'How many gnomes come in?', in: 'film' });
    assert.equal(answer, '2');
  });
});

suite('what came first', () => {
  const world = () => {
    const made = new MadeWorld(['dog', 'cat', 'tree', 'zebra']).add('film', [
      { shows: 'tree', seconds: 5 },
      { shows: 'cat', seconds: 4 },
      { shows: 'dog', seconds: 4 },
      { shows: 'tree', seconds: 5 },
      { shows: 'cat', seconds: 4 },
    ]);
    return made.deps;
  };
  const asked = async (question: string) => {
    const { answer, evidence } = await ask(world(), { question, in: 'film' });
    return { answer, times: evidence.map(({ start }) => start) };
  };

  test('is the one whose first occurrence is earlier; all occurrences of both are listed', async () => {
    assert.deepEqual(await asked('What came first, the dog or the cat?'), {
      answer: 'cat',
      times: [5, 9, 18],
    });
    assert.equal((await asked('Which comes last, the dog or the cat?')).answer, 'cat');
  });

  test('can be asked as yes or no', async () => {
    assert.equal((await asked('Does the cat appear before the dog?')).answer, 'yes');
    assert.equal((await asked('Does the dog appear before the cat?')).answer, 'no');
  });

  test('says which of them is not there', async () => {
    assert.equal((await asked('What came first, the zebra or the cat?')).answer, 'a zebra not shown');
  });
});

suite('how many come', () => {
  type Seen = {
    label: string;
    score: number;
    box: readonly [number, number, number, number];
    colours: number;
  };
  const painted = (colour: Colour) => packShares(colours.map((one) => (one === colour ? 1 : 0)));
  const walker = (x: number, colour: Colour, score = 0.8): Seen => ({
    ...{ label: 'person', score, box: [x - 0.05, 0.3, x + 0.05, 0.8], colours: painted(colour) },
  });
  /** One temporal patch a second, each with what is seen in it. */
  const asked = (question: string, seconds: readonly (readonly Seen[])[]) => {
    const made = new MadeWorld(['street', 'person']);
    made.add(
      'film',
      seconds.map((seen, i) => ({
        shows: 'street',
        seconds: 1,
        seen: [...seen],
        ...(i > 0 && { goesOn: true }),
      })),
    );
    made.known = { person: ['person'], people: ['person'] };
    return ask(made.deps, { question, in: 'film' });
  };
  const crossing = (colour: Colour) =>
    Array.from({ length: 8 }, (_, i) => [walker(0.05 + i * 0.128, colour)]);
  const nobody = Array.from({ length: 8 }, () => []);

  test('is a number; of different ones a range where the second may be the first again', async () => {
    const twice = [[], ...crossing('red'), ...nobody, ...crossing('red'), []];
    assert.equal((await asked('How many people come in?', twice)).answer, '2');
    assert.equal((await asked('How many different people come in?', twice)).answer, '1 to 2');
    const others = [[], ...crossing('red'), ...nobody, ...crossing('blue'), []];
    assert.equal((await asked('How many different people come in?', others)).answer, '2');
  });

  test('counts somebody in other colours who comes in where another left', async () => {
    const back = (colour: Colour) => crossing(colour).toReversed();
    const turned = [[], ...crossing('red'), ...back('blue'), []];
    assert.equal((await asked('How many people come in?', turned)).answer, '2');
    assert.equal(
      (await asked('How many people come in?', [[], ...crossing('red'), ...back('red'), []])).answer,
      '1 to 2',
    );
  });

  test('is no sure nothing where somebody flickered up', async () => {
    const flicker = [[], [], [walker(0.5, 'red', 0.3)], ...nobody];
    const { answer, confident } = await asked('How many different people come to the table?', flicker);
    assert.deepEqual([answer, confident], ['0 to 1', false]);
  });

  test('does not count one who is lost and found amid the picture', async () => {
    const lost = [[], ...crossing('red'), []].map((seen, i) =>
      i < 4 ? seen : seen.map((one) => ({ ...one, box: [one.box[0], 0.05, one.box[2], 0.28] as const })),
    );
    const { answer } = await asked('How many people come in?', lost);
    assert.match(answer, /^1(?: to 2)?$/);
  });
});
