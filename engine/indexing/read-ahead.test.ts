import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readAhead } from './read-ahead.ts';

/** Numbers from 0 on; notes how many were made and whether it was closed. */
function source(count: number, failure?: Error) {
  const state = { made: 0, closed: false };
  async function* numbers(): AsyncGenerator<number, void, void> {
    try {
      for (; state.made < count;) yield state.made++;
      if (failure) throw failure;
    } finally {
      state.closed = true;
    }
  }
  return { state, numbers: numbers() };
}

/** Lets everything that is ready to run, run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

suite('reading ahead', () => {
  test('gives everything in order', async () => {
    const seen: number[] = [];
    for await (const number of readAhead(source(20).numbers, 3)) seen.push(number);
    assert.deepEqual(
      seen,
      Array.from({ length: 20 }, (_, index) => index),
    );
  });

  test('makes what comes next while the consumer is busy, but not more than its limit', async () => {
    const { state, numbers } = source(20);
    const ahead = readAhead(numbers, 3);
    assert.equal((await ahead.next()).value, 0);
    await settle();
    assert.ok(state.made > 1 && state.made <= 5, `${state.made} were made`);
    const before = state.made;
    await settle();
    assert.equal(state.made, before);
    await ahead.return();
  });

  test('ends the source when the consumer leaves early', async () => {
    const { state, numbers } = source(20);
    for await (const number of readAhead(numbers, 3)) if (number === 2) break;
    assert.equal(state.closed, true);
    assert.ok(state.made < 20);
  });

  test('passes on what went before a failure, then the failure', async () => {
    const failure = new Error('It broke.');
    const seen: number[] = [];
    await assert.rejects(async () => {
      for await (const number of readAhead(source(4, failure).numbers, 10)) seen.push(number);
    }, failure);
    assert.deepEqual(seen, [0, 1, 2, 3]);
  });

  test('of nothing is nothing', async () => {
    for await (const _ of readAhead(source(0).numbers, 3)) assert.fail('there was something');
  });
});
