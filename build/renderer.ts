// Builds the interface into dist/renderer.
//   node build/renderer.ts [--if-needed]
import { existsSync, globSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';

const root = dirname(import.meta.dirname);

/** Where the built interface lies. */
export const rendererFolder = join(root, 'dist', 'renderer');

/** Whether the built interface is as new as its source. */
export function rendererBuilt(): boolean {
  const made = join(rendererFolder, 'index.html');
  if (!existsSync(made)) return false;
  const since = statSync(made).mtimeMs;
  const sources = globSync(
    ['renderer/**/*', 'engine/protocol/*.ts', 'build/renderer.ts', 'package-lock.json'],
    { cwd: root },
  );
  return sources.every((path) => statSync(join(root, path)).mtimeMs <= since);
}

/** Builds the interface. */
export async function buildRenderer(): Promise<void> {
  await build({
    root: join(root, 'renderer'),
    configFile: false,
    logLevel: 'warn',
    base: './',
    plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
    build: {
      outDir: rendererFolder,
      emptyOutDir: true,
      // Everything as a file of its own: the content security policy allows neither data: fonts nor inline scripts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'chrome120',
      chunkSizeWarningLimit: 900,
    },
  });
}

if (import.meta.main && !(process.argv.includes('--if-needed') && rendererBuilt())) await buildRenderer();
