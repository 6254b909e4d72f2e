import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positionVariants } from '../../../engine/protocol/bundle.ts';
import { answeringOf, gammaShown } from './gamma-shown.ts';
import type { ModelInfo } from '../../../engine/protocol/results.ts';

const model = (id: string, active: boolean, can: ModelInfo['can'] = ['read']) =>
  ({ id, active, can }) as ModelInfo;

test('who answers is the chosen bundle, or the library’s own', () => {
  const models = [model('ears', true, ['hear']), model('own', true), model('reader', false)];
  assert.equal(answeringOf(models, 'reader')?.id, 'reader');
  for (const decoder of [null, undefined, 'gone']) assert.equal(answeringOf(models, decoder)?.id, 'own');
  assert.equal(answeringOf([], null), undefined);
});

test('the slider is there for encodings that gamma changes, and where nobody knows', () => {
  const shown = positionVariants.filter((positionVariant) => gammaShown({ positionVariant }));
  assert.deepEqual(shown, ['hope', 'm-rope-interleaved', 'soft-hope']);
  assert.equal(gammaShown(undefined), true);
  assert.equal(gammaShown({ positionVariant: null }), true);
});
