import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const door = JSON.stringify(new URL('./index.ts', import.meta.url).href);
let folder: string;
before(async () => (folder = await mkdtemp(join(tmpdir(), 'longview-runtime-'))));
after(() => rm(folder, { recursive: true, force: true }));

/** Runs a module in a process whose environment says nothing of telemetry, with watched folders. */
async function inFreshProcess(code: string): Promise<{ stdout: string; left: string[] }> {
  const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
  const places = { HOME: 'home', TMPDIR: 'tmp', XDG_CACHE_HOME: 'cache' };
  await rm(folder, { recursive: true });
  for (const name of Object.values(places)) await mkdir(join(folder, name), { recursive: true });
  for (const [variable, name] of Object.entries(places)) env[variable] = join(folder, name);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { env });
  const left = await readdir(folder, { recursive: true, withFileTypes: true });
  return { stdout, left: left.filter((entry) => entry.isFile()).map(({ name }) => name) };
}

test('the runtime is told in the environment of the process itself, before it is loaded, and leaves no file', async () => {
  const { stdout, left } = await inFreshProcess(`
    process.env.ORT_DISABLE_TELEMETRY = '0';
    const { InferenceSession } = await import(${door});
    await InferenceSession.create(new Uint8Array(8)).catch(() => undefined);
    // What native code reads, not JavaScript's view of it.
    console.log(process.report.getReport().environmentVariables.ORT_DISABLE_TELEMETRY);`);
  assert.equal(stdout.trim(), '1');
  assert.deepEqual(left, []);
});

test('a worker gets the runtime only from a process that has been told', async () => {
  const worker = `
    const { Worker } = await import('node:worker_threads');
    const inWorker = () => new Promise((resolve) => {
      const worker = new Worker('import(' + ${JSON.stringify(door)} + ').then(() => "loaded", () => "refused").then((word) => process.getBuiltinModule("node:worker_threads").parentPort.postMessage(word))', { eval: true });
      worker.on('message', (word) => { console.log(word); resolve(); });
      worker.on('error', (error) => { console.log(error.message); resolve(); });
    });
    await inWorker();
    await import(${door});
    await inWorker();`;
  const { stdout, left } = await inFreshProcess(worker);
  assert.deepEqual(stdout.trim().split('\n'), ['refused', 'loaded']);
  assert.deepEqual(left, []);
});
