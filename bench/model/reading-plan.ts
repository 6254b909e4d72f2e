import type { Random } from '../../demo/sample/random.ts';
import type { HeldOut } from './held-out.ts';
import { related, type Thing } from './names.ts';
import { shuffled } from './random.ts';

/** A temporal patch that was looked at, ready for the decoder. */
export interface Readable {
  thing: Thing;
  tokens: Float32Array;
  /** Where a figure is also told by this: { style: 'noto' } */
  label: Readonly<Record<string, string>>;
}

/** A video to read: one temporal patch a shot. */
export interface PlannedReading {
  shots: readonly Readable[];
  asked: readonly Asked[];
}

/** A question about it, and all right answers. */
export interface Asked {
  task:
    | 'shown'
    | 'absent'
    | 'look-alike'
    | 'kind'
    | 'after'
    | 'before'
    | 'first'
    | 'last'
    | 'order'
    | 'count'
    | 'what';
  subject: string;
  right: readonly string[];
  /** For "what": the shot that is shown alone. */
  shot?: number;
}

/** How many questions of a kind a video gets. */
const perVideo = { yesNo: 4, kinds: 2, neighbours: 2, counts: 2, names: 2 };
const numbers = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];

/**
 * Plans a video of `length` shots and its questions.
 * @param options.alike things by their names' likeness to a thing's, the likest first
 * @param options.only `yes-no`: no other questions
 */
export function planReading(
  pool: readonly Readable[],
  length: number,
  random: Random,
  options: { alike: (thing: Thing) => readonly Thing[]; kinds: HeldOut['kinds']; only?: 'yes-no' },
): PlannedReading {
  const shots = chooseShots(pool, length, random);
  const things = distinct(shots.map(({ thing }) => thing));
  const absent = distinct(pool.map(({ thing }) => thing)).filter(
    (thing) => !things.some((shown) => related(shown, thing)),
  );
  const yesNo = askYesNo(shuffled(things, random).slice(0, perVideo.yesNo), absent, random, options.alike);
  const asked = options.only ? yesNo : [...yesNo, ...askWords(shots, absent, random)];
  return { shots, asked: [...asked, ...askKinds(things, options.kinds, random)] };
}

/** Different things, but in one video of two one of them comes two or three times, never twice in a row. */
function chooseShots(pool: readonly Readable[], length: number, random: Random): Readable[] {
  const byName = Map.groupBy(pool, ({ thing }) => thing.name);
  const chosen: Thing[] = [];
  for (const name of shuffled([...byName.keys()], random)) {
    if (chosen.length === length) break;
    const { thing } = byName.get(name)![0];
    if (!chosen.some((other) => related(other, thing))) chosen.push(thing);
  }
  // A pool of few kinds repeats them in long videos.
  while (chosen.length < length) chosen.push(chosen[chosen.length - Math.ceil(length / 3)] ?? chosen[0]);
  if (length >= 4 && random.next() < 0.5) {
    const star = Math.floor(random.next() * 2);
    for (
      let again = star + 2, times = random.next() < 0.5 ? 1 : 2;
      times > 0 && again < length;
      again += 2, times--
    )
      chosen[again] = chosen[star];
  }
  return chosen.map((thing) => random.pick(byName.get(thing.name)!));
}

function askYesNo(
  shown: readonly Thing[],
  absent: readonly Thing[],
  random: Random,
  alike: (thing: Thing) => readonly Thing[],
): Asked[] {
  const absentNames = new Set(absent.map(({ name }) => name));
  const nearest = shown.flatMap((thing) => {
    const near = alike(thing).filter(({ name }) => absentNames.has(name));
    return near.length > 0 ? [random.pick(near.slice(0, 5))] : [];
  });
  return [
    ...shown.map(({ name }) => ({ task: 'shown' as const, subject: name, right: [' yes'] })),
    ...shuffled(absent, random)
      .slice(0, shown.length)
      .map(({ name }) => ({ task: 'absent' as const, subject: name, right: [' no'] })),
    ...nearest.map(({ name }) => ({ task: 'look-alike' as const, subject: name, right: [' no'] })),
  ];
}

/** As many kinds that something shown is one of as kinds that nothing shown is, or may be. */
function askKinds(shown: readonly Thing[], kinds: HeldOut['kinds'], random: Random): Asked[] {
  const among = (names: readonly string[]) => shown.some(({ name }) => names.includes(name));
  const all = shuffled(Object.entries(kinds), random);
  const some = all.filter(([, { are }]) => among(are));
  const none = all.filter(([, { are, 'may be': maybe }]) => !among(are) && !among(maybe));
  const count = Math.min(perVideo.kinds, some.length, none.length);
  const ask = (right: string) => (kind: (typeof all)[number]) => ({
    task: 'kind' as const,
    subject: kind[0],
    right: [right],
  });
  return [...some.slice(0, count).map(ask(' yes')), ...none.slice(0, count).map(ask(' no'))];
}

function askWords(shots: readonly Readable[], absent: readonly Thing[], random: Random): Asked[] {
  const times = (name: string) => shots.filter(({ thing }) => thing.name === name).length;
  const single = shots.flatMap(({ thing }, i) => (times(thing.name) === 1 ? [i] : []));
  const neighbours = (task: 'after' | 'before') =>
    shuffled(single, random)
      .slice(0, perVideo.neighbours)
      .map((i) => ({
        task,
        subject: shots[i].thing.name,
        right: shots[task === 'after' ? i + 1 : i - 1]?.thing.names ?? ['nothing'],
      }));
  const often = shots.find(({ thing }) => times(thing.name) > 1) ?? random.pick(shots);
  const counted = [often.thing, random.next() < 0.5 ? random.pick(absent) : random.pick(shots).thing];
  const named = shuffled([...shots.keys()], random).slice(0, perVideo.names);
  return [
    ...neighbours('after'),
    ...neighbours('before'),
    { task: 'first', subject: '', right: shots[0].thing.names },
    { task: 'last', subject: '', right: shots.at(-1)!.thing.names },
    { task: 'order', subject: '', right: [] },
    ...counted.slice(0, perVideo.counts).map(({ name }) => ({
      task: 'count' as const,
      subject: name,
      right: [numbers[Math.min(times(name), numbers.length - 1)]],
    })),
    ...named.map((shot) => ({ task: 'what' as const, subject: '', right: shots[shot].thing.names, shot })),
  ];
}

function distinct(things: readonly Thing[]): Thing[] {
  return [...new Map(things.map((thing) => [thing.name, thing])).values()];
}
