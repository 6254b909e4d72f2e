import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { killsOf } from '../bench/kills/kills.ts';
import { works } from '../bench/kills/works.ts';
import { temporaryFolder } from './fixtures/library.ts';

/** The long form: `npm run -s bench -- kills`. */
for (const [index, name] of Object.keys(works).entries())
  test(`a process that is killed in "${name}" leaves a whole library, and done again it is as if nothing had been`, async (t) => {
    const kills = await killsOf(name, 2, 11 + index, join(temporaryFolder(t), 'work'));
    assert.ok(kills.steps > 5);
    assert.deepEqual([kills.broken, kills.different], [[], []]);
  });
