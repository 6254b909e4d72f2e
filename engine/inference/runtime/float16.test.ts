import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

/** Runs with a Float16Array, of this Node or (before Node 24) one that stands in for it. */
function tensorsIn(mended: boolean): string {
  const module = pathToFileURL(path.join(import.meta.dirname, 'float16.ts')).href;
  const code = `
    globalThis.Float16Array ??= class Float16Array extends Uint16Array {};
    const before = globalThis.Float16Array;
    ${mended ? `await import(${JSON.stringify(module)});` : ''}
    const { Tensor } = await import('onnxruntime-node');
    const half = new Tensor('float16', new Uint16Array(4), [4]);
    console.log(half.data.constructor.name, globalThis.Float16Array === before);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: import.meta.dirname,
  });
  assert.equal(String(stderr).includes('Error'), false, String(stderr));
  return String(stdout).trim();
}

test('halves are stored as the runtime takes them, also where there is a Float16Array', () => {
  assert.equal(tensorsIn(true), 'Uint16Array true');
});

test('without the mend they are not (when this fails, it can go)', () => {
  assert.equal(tensorsIn(false), 'Float16Array true');
});
