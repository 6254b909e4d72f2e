import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  attentionGraphBase64,
  bytesGraphBase64,
  productsGraphBase64,
} from '../engine/inference/runtime/self-test-graphs.ts';
import { attentionGraph, bytesGraph, productsGraph } from './support/self-test-graphs.ts';

it('the self-test graphs in engine/inference are the ones that tests/support builds', () => {
  assert.equal(attentionGraphBase64, Buffer.from(attentionGraph()).toString('base64'));
  assert.equal(productsGraphBase64, Buffer.from(productsGraph()).toString('base64'));
  assert.equal(bytesGraphBase64, Buffer.from(bytesGraph()).toString('base64'));
});
