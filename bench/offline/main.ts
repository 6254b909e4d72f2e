import { rm } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { testFiles } from '../../build/test-files.ts';
import { badArgument, LongviewError } from '../../engine/protocol/errors.ts';
import { canWatch, watch, watchedFolders } from './watch.ts';

const root = resolve(import.meta.dirname, '../..');

/** For the list of benches. */
export const what = 'that the tests reach no other machine and leave no file behind (strace, Linux)';

/**
 * Runs the tests (all, or the files that are given) with the user's folders redirected, under a tracer, and tells every
 * connection, every name look-up and every file that stayed. Exit code 1 where there is any.
 */
export async function run(args: readonly string[]): Promise<void> {
  if (!canWatch())
    throw new LongviewError(
      'bad-argument',
      'This measurement needs Linux and strace.',
      'Install strace (Debian: apt-get install strace).',
    );
  const files = args.length > 0 ? args.flatMap((pattern) => globSync(pattern, { cwd: root })) : testFiles();
  if (files.length === 0) throw badArgument('the tests', 'files or patterns of files', args.join(' '));
  const folders = await watchedFolders();
  try {
    const command = [process.execPath, '--test', '--test-reporter=spec', '--test-concurrency=2', ...files];
    const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
    const seen = await watch(command, {
      cwd: root,
      env: { ...env, ...folders.env },
      // What building makes in the checkout itself.
      may: [join(root, 'dist'), join(root, 'node_modules', '.cache')],
      show: true,
    });
    const told = [
      `test files              ${files.length} (exit code ${seen.exitCode})`,
      `programs                ${seen.programs.join(', ')}`,
      `connections, look-ups   ${seen.network.length}`,
      ...seen.network.map((line) => `  ${line}`),
      `routes asked for        ${seen.routes.length}`,
      ...seen.routes.map((line) => `  ${line}`),
      `files left              ${seen.left.length}`,
      ...seen.left.slice(0, 100).map((line) => `  ${line}`),
    ];
    process.stdout.write(`${told.join('\n')}\n`);
    if (seen.network.length + seen.left.length > 0 || seen.exitCode !== 0) process.exitCode = 1;
  } finally {
    await rm(folders.root, { recursive: true, force: true });
  }
}
