import assert from 'node:assert/strict';
import test from 'node:test';
import { queryVector } from './query-vector.ts';
import { parseQuery } from '../language/parsed-query.ts';

const directions: Record<string, Float32Array> = {
  bottle: Float32Array.of(1, 0),
  'a photo of bottle': Float32Array.of(0, 1),
};
const text = {
  embeddingSize: 2,
  embed: async (texts: readonly string[]) => texts.map((t) => directions[t]),
};

test('a query lies halfway between its words and their caption, at unit length', async () => {
  const vector = await queryVector(text, 'bottle');
  assert.ok(vector);
  assert.ok(Math.abs(vector[0] - Math.SQRT1_2) < 1e-6 && Math.abs(vector[1] - Math.SQRT1_2) < 1e-6);
});

test('a bundle without a text side has no query vector', async () => {
  assert.equal(await queryVector(undefined, 'bottle'), undefined);
});

test('where in the picture it is to be is no part of it', async () => {
  assert.deepEqual(
    await queryVector(text, parseQuery('bottle on the left').caption),
    await queryVector(text, 'bottle'),
  );
});
