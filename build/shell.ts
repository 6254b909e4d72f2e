// Builds the desktop shell into dist/electron: main process, preload script, the engine's process, the self-test's, the one that hears, the threads that encode.
//   node build/shell.ts [--if-needed]
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type Rollup } from 'vite';

const root = dirname(import.meta.dirname);

/** Where the built shell lies. */
export const shellFolder = join(root, 'dist', 'electron');

/** Packages that bring native code: left as they are, beside the built programs. */
export const nativePackages = [
  'better-sqlite3',
  'onnxruntime-node',
  'ffmpeg-static',
  'sherpa-onnx-node',
] as const;

const programs = {
  main: 'electron/main.ts',
  engine: 'engine/hosts/desktop.ts',
  probe: 'engine/inference/runtime/probe-child.ts',
  listen: 'engine/speech/listen-child.ts',
  encode: 'engine/inference/pool/encode-worker.ts',
} as const;

/** Whether the built shell is as new as its source. */
export function shellBuilt(): boolean {
  const made = join(shellFolder, 'package.json');
  if (!existsSync(made)) return false;
  const since = statSync(made).mtimeMs;
  const sources = globSync(['electron/**/*.ts', 'engine/**/*.ts', 'build/shell.ts', 'package-lock.json'], {
    cwd: root,
  });
  return sources.every((path) => statSync(join(root, path)).mtimeMs <= since);
}

/** Builds the shell. @returns the packages whose code went into it. */
export async function buildShell(): Promise<string[]> {
  const bundled = new Set<string>();
  const node = Object.entries(programs).map(([name, entry]) => ({
    name: `${name}.mjs`,
    entry,
    format: 'es' as const,
  }));
  const preload = { name: 'preload.cjs', entry: 'electron/preload.ts', format: 'cjs' as const };
  for (const [index, program] of [...node, preload].entries())
    await buildProgram(program, index === 0, bundled);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const about = { name: 'longview', productName: 'Longview', version, type: 'module', main: 'main.mjs' };
  writeFileSync(join(shellFolder, 'package.json'), `${JSON.stringify(about, null, 2)}\n`);
  return [...bundled].sort();
}

async function buildProgram(
  { name, entry, format }: { name: string; entry: string; format: 'es' | 'cjs' },
  first: boolean,
  bundled: Set<string>,
): Promise<void> {
  const external = [
    ...builtinModules,
    /^node:/,
    /^electron(\/|$)/,
    ...nativePackages.map((native) => new RegExp(`^${native}(/|$)`)),
  ];
  const result = (await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, external: [...nativePackages] },
    build: {
      ssr: true,
      outDir: shellFolder,
      emptyOutDir: first,
      target: 'node22',
      minify: false,
      rollupOptions: {
        input: join(root, entry),
        external,
        // What the engine imports late (the runtime of the models) stays apart; a preload script must be one file.
        output: {
          format,
          entryFileNames: name,
          chunkFileNames: 'parts/[name]-[hash].mjs',
          codeSplitting: format === 'es',
        },
      },
    },
  })) as Rollup.RollupOutput;
  for (const chunk of result.output)
    if (chunk.type === 'chunk')
      for (const module of Object.keys(chunk.modules)) {
        const found = /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(module)?.[1];
        if (found) bundled.add(found.replaceAll('\\', '/'));
      }
}

if (import.meta.main && !(process.argv.includes('--if-needed') && shellBuilt())) await buildShell();
