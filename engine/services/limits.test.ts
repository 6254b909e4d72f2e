import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../../tests/fixtures/library.ts';
import { openStore } from '../library/index.ts';
import { limitsOf } from './window-tools.ts';

test('limits that an earlier version kept go on holding, under the names of today', (t) => {
  const store = openStore(temporaryFolder(t));
  t.after(() => store.close());
  assert.equal(limitsOf(store).lowPower, 'battery');
  store.setSetting('limits', { threads: 2, gentle: 'always', provider: 'cpu', reader: 'made' });
  assert.deepEqual(limitsOf(store), { threads: 2, lowPower: 'always', provider: 'cpu', decoder: 'made' });
  store.setSetting('limits', { threads: null, lowPower: 'never', provider: 'auto' });
  assert.deepEqual(limitsOf(store), { threads: null, lowPower: 'never', provider: 'auto' });
});
