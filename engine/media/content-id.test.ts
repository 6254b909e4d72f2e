import assert from 'node:assert/strict';
import {
  copyFileSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  closeSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { contentId } from './content-id.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'longview-content-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = (name: string) => path.join(folder, name);

test('a copy under another name has the same id', async () => {
  writeFileSync(inFolder('a'), 'some content');
  copyFileSync(inFolder('a'), inFolder('b'));
  const id = await contentId(inFolder('a'));
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.equal(await contentId(inFolder('b')), id);
});

test('a changed first byte, last byte or length changes the id', async () => {
  const bytes = Buffer.alloc(9_000_000, 7);
  const write = (name: string, content: Buffer) => {
    writeFileSync(inFolder(name), content);
    return contentId(inFolder(name));
  };
  const changed = (at: number) => {
    const copy = Buffer.from(bytes);
    copy[at] ^= 1;
    return copy;
  };
  const ids = await Promise.all([
    write('same', bytes),
    write('first', changed(0)),
    write('last', changed(bytes.length - 1)),
    write('longer', Buffer.concat([bytes, Buffer.alloc(1, 7)])),
  ]);
  assert.equal(new Set(ids).size, 4);
});

test('every byte of a small file counts', async () => {
  const ids = new Set<string>();
  for (const at of [0, 65_535, 65_536, 150_000, 199_999]) {
    const bytes = Buffer.alloc(200_000, 1);
    bytes[at] = 2;
    writeFileSync(inFolder('small'), bytes);
    ids.add(await contentId(inFolder('small')));
  }
  assert.equal(ids.size, 5);
});

test('a file of many gigabytes is read only in part', async () => {
  const file = inFolder('sparse');
  const descriptor = openSync(file, 'w');
  ftruncateSync(descriptor, 50 * 2 ** 30);
  writeSync(descriptor, Buffer.from('end'), 0, 3, 50 * 2 ** 30 - 3);
  closeSync(descriptor);
  assert.match(await contentId(file), /^[0-9a-f]{32}$/);
});

test('an empty or missing file is named', async () => {
  writeFileSync(inFolder('empty'), '');
  await assert.rejects(contentId(inFolder('empty')), { code: 'file-empty', message: /empty/ });
  await assert.rejects(contentId(inFolder('gone')), { code: 'file-not-found', message: /gone/ });
});

test('what a file was before it grew is known again, and another file of the same name is not that', async () => {
  const file = inFolder('growing');
  for (const bytes of [150_000, 9_000_000]) {
    const before = Buffer.alloc(bytes).map((_, at) => (at * 2654435761) >>> 24);
    writeFileSync(file, before);
    const id = await contentId(file);
    writeFileSync(file, Buffer.concat([before, Buffer.alloc(400_000, 7)]));
    assert.notEqual(await contentId(file), id);
    assert.equal(await contentId(file, { first: bytes }), id);
    before[0] ^= 1;
    writeFileSync(file, Buffer.concat([before, Buffer.alloc(400_000, 7)]));
    assert.notEqual(await contentId(file, { first: bytes }), id);
  }
});
