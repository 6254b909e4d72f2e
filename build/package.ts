// Packages the desktop application (docs/packaging.md).
//   node build/package.ts [--dir] [--platform linux|darwin|win32] [--arch x64|arm64] [--no-ffmpeg]
import { createRequire } from 'node:module';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { bytes } from '../engine/protocol/bytes.ts';
import { installerConfig } from './packaging/installers.ts';
import { PackagingError, sherpaLibrary, stage, type Stage, type Target } from './packaging/stage.ts';

const root = dirname(import.meta.dirname);

/** How to package. */
export interface PackageOptions {
  target: Target;
  /** The unpacked application alone, no installer. */
  dir: boolean;
  /** See {@link stage}. */
  ffmpeg?: string | null;
  /** A folder with Electron's distribution, where it isn't to be downloaded. */
  electronDist?: string;
  /** Where everything goes. Default: dist/packages. */
  output?: string;
}

/** Stages and packs. @returns what was made, how much of it is what, and what it goes without. @throws PackagingError */
export async function packageApp(
  options: PackageOptions,
): Promise<{ files: string[]; sizes: Sizes; lacks: string[] }> {
  const { target, dir, ffmpeg, electronDist } = options;
  const output = options.output ?? join(root, 'dist', 'packages');
  const staged = await stage({
    target,
    folder: join(output, `stage-${target.platform}-${target.arch}`),
    ffmpeg,
  });
  const sizes = await sizesOf(staged, target);
  const { Arch, build, Platform } = await import('electron-builder');
  const platform = { linux: Platform.LINUX, darwin: Platform.MAC, win32: Platform.WINDOWS }[target.platform];
  const { version } = createRequire(join(root, 'package.json'))('electron/package.json') as {
    version: string;
  };
  const files = await build({
    projectDir: staged.app,
    targets: platform.createTarget(dir ? 'dir' : null, Arch[target.arch]),
    config: installerConfig(staged, { output, electronVersion: version, electronDist }),
    publish: 'never',
  });
  return { files, sizes, lacks: staged.lacks };
}

/** Bytes by part, without Electron's own. */
export type Sizes = Record<string, number>;

async function sizesOf({ app, resources }: Stage, target: Target): Promise<Sizes> {
  const parts: [string, string][] = [
    ['interface', join(app, 'renderer')],
    ['shell and engine', join(app, 'electron')],
    ['ONNX Runtime', join(app, 'node_modules', 'onnxruntime-node')],
    ['ONNX Runtime', join(app, 'node_modules', 'onnxruntime-common')],
    ['speech', join(app, 'node_modules', 'sherpa-onnx-node')],
    ['speech', join(app, 'node_modules', sherpaLibrary(target))],
    ['SQLite', join(app, 'node_modules', 'better-sqlite3')],
    ['built-in model', join(resources, 'models')],
    ['ffmpeg', join(resources, 'ffmpeg')],
    ['licences and icons', join(resources, 'licences.txt')],
    ['licences and icons', join(resources, 'icons')],
  ];
  const sizes: Sizes = {};
  for (const [name, path] of parts) sizes[name] = (sizes[name] ?? 0) + (await sizeOf(path));
  return sizes;
}

async function sizeOf(path: string): Promise<number> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts) return 0;
  if (facts.isFile()) return facts.size;
  const sizes = await Promise.all((await readdir(path)).map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Sizes as a table, with their sum. */
export function sizeTable(sizes: Sizes): string {
  const rows = Object.entries(sizes).sort(([, a], [, b]) => b - a);
  const total = rows.reduce((sum, [, size]) => sum + size, 0);
  return [...rows, ['without Electron’s own files', total] as const]
    .map(([name, size]) => `${name.padEnd(32)}${bytes(size).padStart(10)}`)
    .join('\n');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      dir: { type: 'boolean', default: false },
      platform: { type: 'string', default: process.platform },
      arch: { type: 'string', default: process.arch },
      'no-ffmpeg': { type: 'boolean', default: false },
    },
  });
  try {
    const { platform, arch, dir } = values;
    if (!['linux', 'darwin', 'win32'].includes(platform) || !['x64', 'arm64'].includes(arch))
      throw new PackagingError(`There are no packages for ${platform} ${arch}.`);
    const target = { platform, arch } as Target;
    const { files, sizes, lacks } = await packageApp({
      target,
      dir,
      ...(values['no-ffmpeg'] ? { ffmpeg: null } : {}),
    });
    process.stdout.write(`${sizeTable(sizes)}\n`);
    for (const lack of lacks) process.stderr.write(`In this package ${lack}.\n`);
    for (const file of files) process.stdout.write(`${relative(root, file)}\n`);
  } catch (error) {
    if (!(error instanceof PackagingError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
