import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../tests/fixtures/library.ts';
import { limitTool, toolMemoryBytes } from './limits.ts';
import { runProcess, startProcess } from './process.ts';

const skip =
  (process.platform !== 'linux' || spawnSync('prlimit', ['--version']).status !== 0) &&
  'there is no prlimit here';

/** Waits until a process is limited as wanted; a test that waits for ever is ended by its time limit. */
async function limitsOf(pid: number, until: RegExp): Promise<string> {
  for (;;) {
    const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
    if (until.test(limits)) return limits;
    await new Promise((wait) => setTimeout(wait, 10));
  }
}

test(
  'a tool is limited in memory and leaves no image where it crashes',
  { skip, timeout: 30_000 },
  async () => {
    const tool = startProcess(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const limits = await limitsOf(tool.child.pid!, new RegExp(`Max data size +${toolMemoryBytes}`, 'u'));
    assert.match(limits, /Max core file size +0 /u);
    tool.kill();
    await tool.ended;
  },
);

test(
  'a tool that takes more memory than it may ends, and nothing else does',
  { skip, timeout: 60_000 },
  async () => {
    const hungry = spawn(
      process.execPath,
      [
        '-e',
        `
    process.stdin.once('data', () => {
      const kept = [];
      setInterval(() => kept.push(Buffer.alloc(64 << 20, 1)), 1);
    });`,
      ],
      { stdio: ['pipe', 'ignore', 'ignore'] },
    );
    limitTool(hungry, { memoryBytes: 1 << 30 });
    await limitsOf(hungry.pid!, new RegExp(`Max data size +${1 << 30}`, 'u'));
    hungry.stdin.write('go');
    const [code, signal] = (await once(hungry, 'exit')) as [number | null, string | null];
    assert.ok(code !== 0 || signal !== null);
  },
);

test('a tool that writes a larger file than it may ends', { skip, timeout: 30_000 }, async (t) => {
  const file = join(temporaryFolder(t), 'large');
  // Signals of a limit are Node's to ignore: the write fails.
  const { code } = await runProcess(
    process.execPath,
    [
      '-e',
      `setTimeout(() => require('fs').writeFileSync(process.argv[1], Buffer.alloc(4 << 20)), 1000)`,
      file,
    ],
    { timeoutMs: 20_000, limits: { fileBytes: 1 << 20 } },
  );
  assert.notEqual(code, 0);
  assert.ok(readFileSync(file).length <= 1 << 20);
});

test('a tool that says more than anybody reads is stopped', { timeout: 60_000 }, async () => {
  await assert.rejects(
    runProcess(process.execPath, ['-e', 'for (;;) require("fs").writeSync(1, Buffer.alloc(1 << 20))'], {
      timeoutMs: 50_000,
      mostBytes: 8 << 20,
    }),
    { code: 'ffmpeg-failed' },
  );
});
