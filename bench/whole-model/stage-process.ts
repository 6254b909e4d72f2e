import { join } from 'node:path';
import { outputOf } from '../output-of.ts';
import type { StageOptions } from './stages.ts';

/** Runs one step in a process of its own, whose progress goes to standard error. @returns what it measured. */
export async function runStage(stage: string, options: StageOptions): Promise<unknown> {
  const { folder, layers, blocks, vocabulary, precision, patches, frame, tokens, threads } = options;
  const values = { folder, layers, blocks, vocab: vocabulary, precision, patches, tokens, threads };
  const flags = Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const bench = join(import.meta.dirname, '..', 'main.ts');
  const frameFlag = ['--frame', `${frame.width}x${frame.height}`];
  return JSON.parse(await outputOf([bench, 'whole-model', '--stage', stage, ...frameFlag, ...flags]));
}
