import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery } from '../language/parsed-query.ts';
import { genericNumbers } from './calibration.ts';
import { recheck } from './recheck.ts';
import type { DecoderSession } from './decoder-session.ts';
import type { Hit } from './hit.ts';

const hit = (peak: number) =>
  ({
    first: peak,
    past: peak + 1,
    peak,
    score: 0,
    confidence: 0.7,
    ceiling: 1,
    object: 0,
    explanations: [],
  }) as unknown as Hit;

/** A decoder that sees the thing in every temporal patch: on the left in the first, on the right in the others. */
function reading(): { asked: string[]; reading: DecoderSession } {
  const asked: string[] = [];
  const choose = async ([patch]: readonly number[], question: string, answers: readonly string[]) => {
    asked.push(question);
    if (answers.length === 2) return [0.95, 0.05];
    return patch === 0 ? [0.9, 0.05, 0.05] : [0.05, 0.05, 0.9];
  };
  return {
    asked,
    reading: { judges: () => true, choose, numbers: genericNumbers } as unknown as DecoderSession,
  };
}

test('where a side of the picture is asked for, what is at the other side goes down', async () => {
  const { asked, reading: one } = reading();
  const [left, right] = await recheck(
    [hit(0), hit(1)],
    parseQuery('a lamp on the left'),
    genericNumbers,
    () => one,
  );
  assert.deepEqual(asked.slice(0, 2), ['is there a lamp?', 'where is the lamp?']);
  assert.ok((left.checked ?? 0) > 0.8 && (right.checked ?? 1) < 0.2, `${left.checked}, ${right.checked}`);
  assert.ok(left.score > 0 && right.score < 0);
  assert.ok(left.confidence > 0.7 && right.confidence < 0.7);
});

test('where none is asked for, or one that the decoder doesn’t know, it is asked once', async () => {
  for (const query of ['a lamp', 'a lamp at the top']) {
    const { asked, reading: one } = reading();
    const [first, second] = await recheck([hit(0), hit(1)], parseQuery(query), genericNumbers, () => one);
    assert.deepEqual(asked, ['is there a lamp?', 'is there a lamp?']);
    assert.equal(first.confidence, second.confidence);
  }
});
