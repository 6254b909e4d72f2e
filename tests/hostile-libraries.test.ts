import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mutations } from '../bench/hostile-libraries/mutate.ts';
import { temporaryFolder } from './fixtures/library.ts';

/** The long form: `npm run -s bench -- hostile-libraries`. */
test('a library that somebody else changed is read or refused, and leads nowhere', (t) => {
  const found = mutations(60, 7, temporaryFolder(t));
  assert.equal(found.read + found.refused, 60);
  assert.ok(found.refused > 3);
  assert.deepEqual([found.mistakes, found.slow, found.touched], [[], [], []]);
});
