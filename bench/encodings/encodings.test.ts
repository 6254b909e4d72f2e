import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { positionVariants } from '../../engine/protocol/bundle.ts';
import { draw } from './draw.ts';
import { examples } from './examples.ts';
import { fileOf } from './main.ts';
import { measure } from './measure.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');

test('every encoding is drawn, and the pictures in docs are what the engine draws now', () => {
  assert.deepEqual(
    examples().map(({ variant }) => variant),
    [...positionVariants],
  );
  for (const example of examples()) {
    const svg = draw(example);
    assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
    const kept = readFileSync(join(docs, 'encodings', fileOf(example.variant)), 'utf8');
    assert.equal(kept, svg, `draw it again: npm run -s bench -- encodings (${example.variant})`);
  }
});

test('a picture says which row turns each pair, and marks those that don’t turn', () => {
  const letters = (variant: string) =>
    [...draw(examples().find((one) => one.variant === variant)!).matchAll(/font-size="9"[^>]*>(.)</g)]
      .map(([, letter]) => letter)
      .join('');
  assert.equal(letters('hope'), 'hw'.repeat(24) + '0'.repeat(16));
  assert.equal(letters('soft-hope'), 'hw'.repeat(24) + 't'.repeat(15) + '0');
  assert.equal(letters('m-rope'), 't'.repeat(16) + 'h'.repeat(24) + 'w'.repeat(24));
  assert.equal(letters('vrope'), 'thwx'.repeat(16));
});

test('the page has a section and the picture of every encoding', () => {
  const page = readFileSync(join(docs, 'encodings.md'), 'utf8');
  for (const variant of positionVariants) {
    assert.ok(page.includes(`\n## ${variant}\n`), variant);
    assert.ok(page.includes(`(encodings/${fileOf(variant)})`), variant);
  }
});

test('all encodings are timed', () => {
  for (const { positions, slowest, tables } of measure(1)) {
    assert.ok(positions > 0 && tables > 0);
    assert.equal(positions, slowest);
  }
});
