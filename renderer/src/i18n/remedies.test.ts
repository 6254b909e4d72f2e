import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWindow } from './remedies.ts';

test('nobody in a window is told to type an option or a command', () => {
  const remedy = inWindow({
    code: 'file-exists',
    remedy: 'Choose another name, or give --overwrite to replace it.',
  });
  assert.equal(remedy, 'Choose another name, or replace what is there.');
  for (const said of [
    'Index it again with --force.',
    'Add videos with "longview index <folder>".',
    'Run the set-up again (npm run setup).',
    '--limit 999',
  ])
    assert.doesNotMatch(inWindow({ code: 'video-not-indexed', remedy: said }), /--|longview|npm/);
});

test('what can be done in a window is told as it is', () => {
  const remedy = 'Check the path; connect the disk that holds it -- or wait.';
  assert.equal(inWindow({ code: 'file-not-found', remedy }), remedy);
});
