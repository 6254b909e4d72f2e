import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { temporaryFolder } from '../../tests/fixtures/library.ts';
import { openStore } from '../library/index.ts';
import { queueMemory } from './queue-memory.ts';

/** Runs some code with `store` in another process, which then dies without closing it. */
function dies(folder: string, code: string): void {
  const index = new URL('../library/index.ts', import.meta.url).href;
  const script = `import { openStore } from ${JSON.stringify(index)};
    const store = openStore(${JSON.stringify(folder)}); ${code}; process.kill(process.pid, 'SIGKILL');`;
  spawnSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
}

test('what a killed process was asked for goes on with every setting', async (t) => {
  const folder = temporaryFolder(t);
  dies(folder, `store.holdRequest({ paths: ['/films'], fps: 0.5 })`);
  const store = openStore(folder);
  t.after(() => store.close());
  assert.deepEqual(await queueMemory(() => store).keptQueue(), [
    { request: { paths: ['/films'], fps: 0.5 }, paused: false, running: true },
  ]);
});

test('of what was to be made anew only the rest is', async (t) => {
  const folder = temporaryFolder(t);
  dies(
    folder,
    `store.holdRequest({ paths: ['/films'], force: true, fps: 1 });
     store.enqueue(['/films/b.mp4', '/films/c.mp4'], { force: true, fps: 1 });
     store.setJob('/films/b.mp4', 'running')`,
  );
  const store = openStore(folder);
  t.after(() => store.close());
  store.cleanUp();
  const [job] = await queueMemory(() => store).keptQueue();
  assert.deepEqual(job.request, { paths: ['/films/b.mp4', '/films/c.mp4'], force: true, fps: 1 });
});

test('what another living process works on is left to it', async (t) => {
  const folder = temporaryFolder(t);
  const [here, there] = [openStore(folder), openStore(folder)];
  t.after(() => {
    here.close();
    there.close();
  });
  const held = here.holdRequest({ paths: ['/films'] });
  await queueMemory(() => here).keepQueue([{ request: { paths: ['/more'] }, paused: false, running: false }]);
  assert.deepEqual(await queueMemory(() => there).keptQueue(), []);
  await queueMemory(() => there).keepQueue([{ request: { paths: ['/own'] }, paused: true, running: false }]);
  const mine = await queueMemory(() => here).keptQueue();
  assert.deepEqual(
    mine.map(({ request }) => request.paths),
    [['/more']],
  );
  held.end();
});
