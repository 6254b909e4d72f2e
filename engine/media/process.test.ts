import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProcess, startProcess } from './process.ts';

const node = process.execPath;

test('output, exit code and complaints are collected', async () => {
  const script = 'console.log(process.argv[1]); console.error("oh"); process.exit(3)';
  const result = await runProcess(node, ['-e', script, '--', '$(x) "y" *'], { timeoutMs: 20_000 });
  assert.deepEqual([result.code, result.stdout.toString(), result.stderr], [3, '$(x) "y" *\n', 'oh\n']);
});

test('a program that is not there is ffmpeg-missing', async () => {
  await assert.rejects(runProcess('/no/such/program', [], { timeoutMs: 1000 }), {
    code: 'ffmpeg-missing',
    message: /\/no\/such\/program/,
  });
});

test('a program that hangs is stopped at its time limit', async () => {
  await assert.rejects(runProcess(node, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 50 }), {
    code: 'ffmpeg-failed',
  });
});

test('aborting kills the program', async () => {
  const controller = new AbortController();
  const tool = startProcess(node, ['-e', 'console.log("up"); setInterval(() => {}, 1000)'], {
    signal: controller.signal,
  });
  await once(tool.child.stdout!, 'data');
  controller.abort();
  assert.equal((await tool.ended).signal, 'SIGKILL');
  await assert.rejects(runProcess(node, ['-e', ''], { timeoutMs: 1000, signal: controller.signal }), {
    code: 'cancelled',
  });
});

test('an endless log keeps its beginning and its end', async () => {
  const script =
    'console.error("first"); for (let i = 0; i < 9999; i++) console.error("noise " + i); console.error("last")';
  const { stderr } = await runProcess(node, ['-e', script], { timeoutMs: 20_000 });
  assert.ok(stderr.length < 30_000, `${stderr.length} characters`);
  assert.match(stderr, /^first\n/);
  assert.match(stderr, /last\n$/);
});

test('a child does not outlive the process that started it', async () => {
  // The grandchild holds a connection to this test; it breaks when the grandchild is gone.
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const grandchild = `require('net').connect(${port}, '127.0.0.1', () => console.log('up')); setInterval(() => {}, 1000)`;
  const parent = `
    import { startProcess } from ${JSON.stringify(new URL('./process.ts', import.meta.url).href)};
    const { child } = startProcess(process.execPath, ['-e', ${JSON.stringify(grandchild)}]);
    child.stdout.once('data', () => process.exit(0));`;
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const child = spawn(node, ['--input-type=module-typescript', '-e', parent], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: 'inherit',
  });
  const [socket] = await connected;
  socket.on('error', () => {}).resume();
  await Promise.all([once(child, 'exit'), once(socket, 'close')]);
  server.close();
});
