import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MadeWorld } from '../../tests/fixtures/search.ts';
import { find } from '../search/index.ts';
import { seenThings } from './seen-things.ts';
import type { Store } from '../library/index.ts';

const box = [0, 0, 1, 1] as [number, number, number, number];
const seen = (label: string, score: number) => ({ label, score, box });

/** A video with a dog that is there, and a laptop that the detector guesses at in every frame. */
function world(): { made: MadeWorld; store: Store } {
  const made = new MadeWorld(['dog', 'laptop', 'street']);
  made.known = { dog: ['dog'], laptop: ['laptop'], cup: ['cup'] };
  made.add('a', [
    { shows: 'street', seconds: 40, seen: [seen('laptop', 0.14), seen('cup', 0.27)] },
    { shows: 'dog', seconds: 6, seen: [seen('dog', 0.7), seen('laptop', 0.15)] },
  ]);
  const counts = new Map<string, number>();
  for (const { label } of made.deps.store.objects('a', undefined))
    counts.set(label, (counts.get(label) ?? 0) + 1);
  const labels = () =>
    [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count);
  return { made, store: { ...made.deps.store, labels } as unknown as Store };
}

test('only what a search finds is called seen, whatever the detector guesses most often', async () => {
  const { made, store } = world();
  assert.equal(store.labels('a')[0].label, 'laptop', 'the noise is the most frequent');
  const { things } = await seenThings(made.deps, store, 'a', undefined);
  assert.deepEqual(things, [{ label: 'dog', count: 12 }]);
  for (const { label } of store.labels('a')) {
    const { confident } = await find(made.deps, { query: label, in: ['a'], refine: false });
    assert.equal(
      confident,
      things.some((thing) => thing.label === label),
      label,
    );
  }
});

test('of the library the same, with the moments that there are', async () => {
  const { made, store } = world();
  const { things } = await seenThings(made.deps, store, undefined, undefined);
  assert.deepEqual(things, [{ label: 'dog', count: 1 }]);
});

test('it can be cancelled', async () => {
  const { made, store } = world();
  await assert.rejects(seenThings(made.deps, store, 'a', AbortSignal.abort()), { code: 'cancelled' });
});
