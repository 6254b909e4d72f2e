import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cocoLabels } from '../../../engine/convert/builtin/labels.ts';
import { zhThing } from './things.ts';

test('everything that the detector knows has a Chinese name of its own', () => {
  for (const label of cocoLabels) assert.match(zhThing(label), /^\p{sc=Han}+$/u, label);
  assert.equal(new Set(cocoLabels.map(zhThing)).size, cocoLabels.length);
});

test('another name stays as it is', () => assert.equal(zhThing('quokka'), 'quokka'));
