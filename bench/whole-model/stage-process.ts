import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { StageOptions } from './stages.ts';

/** Runs one step in a process of its own, whose progress goes to standard error. @returns what it measured. */
export async function runStage(stage: string, options: StageOptions): Promise<unknown> {
  const { folder, layers, blocks, vocabulary, precision, patches, frame, tokens, threads } = options;
  const values = { folder, layers, blocks, vocab: vocabulary, precision, patches, tokens, threads };
  const flags = Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const bench = join(import.meta.dirname, '..', 'main.ts');
  const child = spawn(
    process.execPath,
    [bench, 'whole-model', '--stage', stage, '--frame', `${frame.width}x${frame.height}`, ...flags],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let printed = '';
  child.stdout.on('data', (piece: Buffer) => (printed += piece.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${stage} ended with code ${code}`);
  return JSON.parse(printed);
}
