import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readManifest } from '../engine/inference/bundle/manifest.ts';
import { builtinCalibration, builtinQueries, builtinVocabulary } from './builtin-words.ts';

test('the built-in bundle carries the numbers that were measured for it', async () => {
  const { manifest } = await readManifest(join(import.meta.dirname, '../models/builtin'));
  assert.deepEqual(manifest.calibration, builtinCalibration);
  assert.deepEqual(manifest.queries, builtinQueries);
  assert.deepEqual(manifest.vocabulary, builtinVocabulary);
});
