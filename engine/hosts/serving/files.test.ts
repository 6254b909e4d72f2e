import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../tests/fixtures/library.ts';
import { answerFile } from './files.ts';

test('what is put in a file’s place between looking and opening isn’t served', async (t) => {
  const folder = temporaryFolder(t);
  const [film, secret] = [join(folder, 'film.mp4'), join(folder, 'secret.txt')];
  writeFileSync(film, 'the film itself');
  writeFileSync(secret, 'not for you');
  const asked = { method: 'GET', url: new URL('http://x/'), header: () => undefined };
  const served = await answerFile(asked, film, 'no-cache', async () => film);
  assert.equal(served.status, 200);
  (served.body as { destroy(): void }).destroy();
  await assert.rejects(
    answerFile(asked, film, 'no-cache', async () => secret),
    { status: 404 },
  );
  const changed = new Error('another file');
  await assert.rejects(
    answerFile(asked, film, 'no-cache', async () => {
      renameSync(secret, film);
      throw changed;
    }),
    changed,
  );
  const swapped = answerFile(asked, film, 'no-cache', async () => {
    writeFileSync(join(folder, 'third'), 'a third');
    renameSync(join(folder, 'third'), film);
    return film;
  });
  await assert.rejects(swapped, { status: 404 });
});
