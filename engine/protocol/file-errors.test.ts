import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LongviewError } from './errors.ts';
import { cannotRead, cannotWrite, fileProblem } from './file-errors.ts';

const thrown = (code: string) => Object.assign(new Error(`${code}: refused`), { code });

for (const [code, reading, writing] of [
  ['ENOENT', 'file-not-found', 'file-not-found'],
  ['ENOTDIR', 'file-not-found', 'file-not-found'],
  ['EACCES', 'permission-denied', 'permission-denied'],
  ['EPERM', 'permission-denied', 'permission-denied'],
  ['EROFS', 'permission-denied', 'permission-denied'],
  ['ENOSPC', 'file-unreadable', 'disk-full'],
  ['EDQUOT', 'file-unreadable', 'disk-full'],
  ['EEXIST', 'file-unreadable', 'file-exists'],
  ['ENAMETOOLONG', 'file-unreadable', 'bad-argument'],
  ['EIO', 'file-unreadable', 'disk-failed'],
] as const)
  test(`${code} is ${reading} where a file is read, and ${writing} where it is written`, () => {
    for (const [error, expected] of [
      [cannotRead('/a b', thrown(code)), reading],
      [cannotWrite('/a b', thrown(code)), writing],
    ] as const) {
      assert.equal(error.code, expected);
      assert.match(error.message, /"\/a b"/);
      assert.notEqual(error.remedy, '');
      assert.deepEqual(error.details, { path: '/a b' });
    }
  });

test('what is explained already stays as it is, and what is no error of a file is none', () => {
  const known = new LongviewError('cancelled', 'It was cancelled.', 'Start it again.');
  assert.equal(cannotRead('a', known), known);
  assert.equal(cannotWrite('a', known), known);
  for (const other of [undefined, null, 'ENOENT', new Error('x'), { code: 2 }])
    assert.equal(fileProblem(other), undefined);
});
