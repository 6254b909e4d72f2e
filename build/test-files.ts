import { globSync } from 'node:fs';
import { dirname } from 'node:path';

const root = dirname(import.meta.dirname);

/** Every file of tests, from the checkout's folder. */
export function testFiles(): string[] {
  return globSync('{engine,build,bench,demo,tests,renderer,electron}/**/*.test.ts', {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  }).sort();
}
