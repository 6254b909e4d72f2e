import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { mishapsOf } from '../bench/kills/mishaps.ts';
import { works } from '../bench/kills/works.ts';
import { temporaryFolder } from './fixtures/library.ts';

/** The long form: `npm run -s bench -- kills`, with `--mishap clock` and `--mishap provider`. */
for (const [index, name] of Object.keys(works).entries())
  test(`a process that is killed in "${name}" leaves a whole library, and done again it is as if nothing had been`, async (t) => {
    const found = await mishapsOf(name, 'kill', 2, 11 + index, join(temporaryFolder(t), 'work'));
    assert.ok(found.steps > 5 && found.happened > 0);
    assert.deepEqual([found.broken, found.different], [[], []]);
  });

for (const name of ['index', 'migrate', 'restore'])
  test(`a clock that jumps in "${name}" changes nothing`, async (t) => {
    const found = await mishapsOf(name, 'clock', 1, 3, join(temporaryFolder(t), 'work'));
    assert.equal(found.happened, 1);
    assert.deepEqual([found.broken, found.different], [[], []]);
  });

test('where the execution provider dies while it indexes, the next try comes to the same', async (t) => {
  const found = await mishapsOf('index again', 'provider', 2, 5, join(temporaryFolder(t), 'work'));
  assert.equal(found.happened, 2);
  assert.deepEqual([found.broken, found.different], [[], []]);
});
