import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Attention, usualAttention } from './attention.ts';
import { standsStill, Stillness, type Change } from './stillness.ts';
import type { Trace } from './trace.ts';

const tiles = 576;
const where = new Uint8Array(tiles);
const still: Change = { settled: 0, unread: 0, where, moving: 0, stirring: 0, restless: 0, tiles };
const busy: Change = { ...still, moving: 400, stirring: 20, restless: 380 };
const slide: Change = { ...still, settled: 60, unread: 60 };
const cut: Change = { ...still, moving: 300, stirring: 300 };

/** Runs samples one second apart; each look is paid for. @returns what was decided at each */
function run(
  attention: Attention,
  changes: readonly (Partial<Change> & { lost?: boolean; newShot?: boolean })[],
) {
  return changes.map(({ lost = false, newShot = false, ...change }, time) => {
    const decided = attention.decide({ time, newShot, lost, change: { ...still, ...change } });
    if (decided !== undefined) attention.spent(decided);
    return decided;
  });
}
const times = <T>(count: number, value: T) => Array.from({ length: count }, () => value);

describe('attention', () => {
  test('a picture that stands still is looked at once', () => {
    const decided = run(new Attention(), [{ newShot: true }, ...times(100, still)]);
    assert.deepEqual(decided, ['glance', ...times(100, undefined)]);
  });

  test('a new slide is looked at when it stands, not while it comes', () => {
    const decided = run(new Attention(), [
      { newShot: true },
      still,
      { moving: 300, settled: 0 },
      slide,
      still,
    ]);
    assert.deepEqual(decided, ['glance', undefined, 'glance', 'full', undefined]);
  });

  test('what a glance overlooked while it came is looked at once it stands', () => {
    const overlooked: Change = { ...still, settled: 0, unread: 30 };
    assert.deepEqual(run(new Attention(), [{ newShot: true }, cut, overlooked]), [
      'glance',
      undefined,
      'full',
    ]);
  });

  test('a speaker in the corner doesn’t keep a slide from being looked at; nor is he looked at for himself', () => {
    const speaker: Change = { ...still, moving: 30, restless: 30 };
    const decided = run(new Attention(), [
      { newShot: true },
      speaker,
      { ...speaker, unread: 60, settled: 60 },
      speaker,
    ]);
    assert.deepEqual(decided, ['glance', undefined, 'full', undefined]);
  });

  test('a pointer that was moved gets a glance', () => {
    assert.deepEqual(
      run(new Attention(), [{ newShot: true }, { settled: 2, unread: 2, moving: 2, stirring: 2 }]),
      ['glance', 'glance'],
    );
  });

  test('letters that changed in a still picture are read again, in a moving one glanced at', () => {
    assert.equal(run(new Attention(), [{ newShot: true }, { lost: true }])[1], 'full');
    assert.equal(run(new Attention(), [{ newShot: true }, { ...busy, lost: true }])[1], 'glance');
  });

  test('a moving picture gets a glance every two seconds, every four where no words came for long', () => {
    const decided = run(new Attention(), [{ newShot: true }, ...times(60, busy)]);
    const when = decided.flatMap((detail, time) => (detail === undefined ? [] : [time]));
    assert.deepEqual(when.slice(0, 5), [0, 2, 4, 6, 8]);
    const apart = when.slice(1).map((time, i) => time - when[i]);
    assert.deepEqual(apart.slice(-6), times(6, 4));
  });

  test('and every second where words came over it', () => {
    const attention = new Attention();
    attention.found(0, busy);
    const decided = run(attention, times(40, busy));
    assert.deepEqual(decided.slice(0, 25), times(25, 'glance'));
    assert.ok(decided.slice(-5).includes(undefined));
  });

  test('no more is spent than the allowance, however busy the screen', () => {
    const attention = new Attention();
    const seconds = 3600;
    const decided = run(attention, times(seconds, { ...slide, lost: true }));
    const spent = decided.filter((detail) => detail === 'full').length * usualAttention.costs.full;
    const { perSecond, most } = usualAttention.allowance;
    assert.ok(spent <= perSecond * seconds + most + usualAttention.costs.full, `${spent} s`);
    assert.ok(spent >= 0.9 * perSecond * seconds);
    assert.ok(decided.slice(-20).includes('full'), 'it never starves');
  });

  test('what waits for the allowance is looked at later', () => {
    const attention = new Attention();
    attention.spent('full', 1000);
    const decided = run(attention, [{ newShot: true, ...slide }, ...times(2000, slide)]);
    assert.equal(decided[1], undefined);
    assert.ok(decided.includes('full'));
  });
});

describe('stillness', () => {
  const [width, height] = [640, 360];
  const trace = (paint: (luma: Uint8Array) => void): Trace => {
    const luma = new Uint8Array(width * height).fill(200);
    paint(luma);
    return { width, height, luma, scale: 2 };
  };
  const square = (left: number, value: number, noise = 0) =>
    trace((luma) => {
      for (let i = 0; i < luma.length; i++) luma[i] += ((i * 7919) % (2 * noise + 1)) - noise;
      for (let y = 100; y < 140; y++) luma.fill(value, y * width + left, y * width + left + 40);
    });

  test('what comes and stays has settled one sample later, and is told until it is looked at', () => {
    const stillness = new Stillness();
    stillness.push(square(100, 200));
    stillness.looked(true);
    assert.deepEqual(
      [stillness.push(square(100, 200)).settled, stillness.push(square(100, 200)).moving],
      [0, 0],
    );
    const came = stillness.push(square(100, 30));
    assert.ok(came.moving > 0 && came.settled === 0);
    const stays = stillness.push(square(100, 30));
    assert.ok(stays.settled >= 4 && stays.moving === 0);
    assert.ok(stillness.push(square(100, 30)).settled >= 4);
    stillness.looked(true);
    assert.equal(stillness.push(square(100, 30)).settled, 0);
  });

  test('what moves all the time never settles, though it pauses', () => {
    const stillness = new Stillness();
    stillness.push(square(102, 60));
    stillness.looked(true);
    for (let i = 0; i < 20; i++) stillness.push(square(100 + (i % 2) * 4, i % 2 ? 30 : 90));
    assert.equal(stillness.push(square(104, 30)).settled, 0);
  });

  test('a faint change is seen in a clean picture, noise is none', () => {
    const faint = new Stillness();
    faint.push(square(100, 200));
    faint.looked(true);
    faint.push(square(100, 185));
    assert.ok(faint.push(square(100, 185)).settled > 0);
    const noisy = new Stillness();
    noisy.push(square(100, 30, 3));
    noisy.looked(true);
    const shifted = square(100, 30, 3);
    shifted.luma.copyWithin(width * 200 + 1, width * 200, width * 350);
    assert.deepEqual([noisy.push(shifted).moving, noisy.push(shifted).settled], [0, 0]);
  });

  test('a glance doesn’t make what came since the last full look old', () => {
    const stillness = new Stillness();
    stillness.push(square(100, 200));
    stillness.looked(true);
    stillness.push(square(100, 30));
    stillness.looked(false);
    const { settled, unread, where } = stillness.push(square(100, 30));
    assert.deepEqual([settled, unread > 0, where.filter(Boolean).length], [0, true, unread]);
  });

  test('what always moves in a corner is restless, and the picture stands still', () => {
    const stillness = new Stillness();
    let change = stillness.push(square(100, 30));
    stillness.looked(true);
    for (let i = 0; i < 10; i++) change = stillness.push(square(100 + (i % 2) * 4, 30 + i));
    assert.ok(change.restless > 0 && change.moving > 0 && change.stirring === 0 && standsStill(change));
  });

  test('another size is another picture', () => {
    const stillness = new Stillness();
    stillness.push(square(100, 30));
    stillness.looked(true);
    const other = stillness.push({ width: 320, height: 180, luma: new Uint8Array(320 * 180), scale: 1 });
    assert.equal(other.moving, other.tiles);
  });
});
