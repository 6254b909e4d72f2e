import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Engine } from '../../protocol/engine.ts';
import type { ServedEngine } from '../session.ts';

const root = resolve(import.meta.dirname, '../../..');

/** The command line opens the engine with what a window needs; tests of other commands open less. */
export function servable(engine: Engine): ServedEngine {
  if (!('footage' in engine)) throw new TypeError('this engine cannot be served');
  return engine as ServedEngine;
}

/** The version of this program. */
export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
