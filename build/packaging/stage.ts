import { existsSync } from 'node:fs';
import { cp, copyFile, mkdir, readFile, rm, writeFile, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { buildRenderer, rendererBuilt, rendererFolder } from '../renderer.ts';
import { buildShell, shellBuilt, shellFolder } from '../shell.ts';
import { takeScreenText } from '../screen-text.ts';
import { iconsFolder, makeIcons } from './icons.ts';
import { licencesText, staticFfmpeg } from './licences.ts';

const root = join(import.meta.dirname, '..', '..');
const modules = join(root, 'node_modules');

/** What a package is for. */
export interface Target {
  platform: 'linux' | 'darwin' | 'win32';
  arch: 'x64' | 'arm64';
}

/** Something that can't be packaged here, in words for whoever tries. */
export class PackagingError extends Error {
  override readonly name = 'PackagingError';
}

/** The packaged application before it is packed. */
export interface Stage {
  /** Becomes app.asar. */
  app: string;
  /** Lies beside it: what other programs or native code must read. */
  resources: string;
  /** What this platform's package goes without, in words for whoever makes it. */
  lacks: string[];
}

/** How to stage. */
export interface StageOptions {
  target: Target;
  folder: string;
  /** A program to carry; null leaves ffmpeg to the machine that it runs on. Default: ffmpeg-static's. */
  ffmpeg?: string | null;
}

/**
 * Gathers everything that ships for one platform: built code, native packages with that platform's libraries alone,
 * the built-in model, the nets that read text on screen, ffmpeg, icons, licences.
 * @throws PackagingError where a part is missing; LongviewError where those nets' package is.
 */
export async function stage({ target, folder, ffmpeg }: StageOptions): Promise<Stage> {
  if (!rendererBuilt()) await buildRenderer();
  if (!shellBuilt()) await buildShell();
  await makeIcons();
  await rm(folder, { recursive: true, force: true });
  const [app, resources] = [join(folder, 'app'), join(folder, 'resources')];
  await cp(rendererFolder, join(app, 'renderer'), { recursive: true });
  await cp(shellFolder, join(app, 'electron'), {
    recursive: true,
    filter: (path) => !path.endsWith('package.json'),
  });
  await writeFile(join(app, 'package.json'), await aboutApp());
  await copyOnnxRuntime(target, join(app, 'node_modules'));
  await copySqlite(target, join(app, 'node_modules'));
  const hears = await copySherpa(target, join(app, 'node_modules'));
  await copyModel(join(resources, 'models', 'builtin'));
  await takeScreenText({ output: join(resources, 'models', 'screen-text') });
  await copyVoice(join(resources, 'models', 'voice'));
  await mkdir(join(resources, 'icons'), { recursive: true });
  await copyFile(join(iconsFolder, 'icon.png'), join(resources, 'icons', 'icon.png'));
  await writeFile(join(resources, 'licences.txt'), licencesText());
  if (ffmpeg !== null) await copyFfmpeg(target, ffmpeg ?? staticFfmpeg(), join(resources, 'ffmpeg'));
  return { app, resources, lacks: hears ? [] : [withoutSherpa(target)] };
}

const packageSchema = z.object({ version: z.string(), description: z.string(), license: z.string() });

async function aboutApp(): Promise<string> {
  const { version, description, license } = packageSchema.parse(
    JSON.parse(await readFile(join(root, 'package.json'), 'utf8')),
  );
  const about = {
    name: 'longview',
    productName: 'Longview',
    version,
    description,
    license,
    author: 'The Longview authors',
    type: 'module',
    main: 'electron/main.mjs',
  };
  return `${JSON.stringify(about, null, 2)}\n`;
}

/** The runtime's JavaScript, and the libraries of one platform out of all that the package carries. */
async function copyOnnxRuntime({ platform, arch }: Target, to: string): Promise<void> {
  const from = join(modules, 'onnxruntime-node');
  const libraries = join('bin', 'napi-v6', platform, arch);
  if (!existsSync(join(from, libraries)))
    throw new PackagingError(
      `onnxruntime-node carries no library for ${platform} ${arch}: there can be no package for it.`,
    );
  const code = (path: string) => !/\.(map|d\.ts|md)$/.test(path);
  await cp(join(from, 'dist'), join(to, 'onnxruntime-node', 'dist'), { recursive: true, filter: code });
  await copyFile(join(from, 'package.json'), join(to, 'onnxruntime-node', 'package.json'));
  // npm knows no links: Apple's library is in the package twice, and the binding loads the shorter name.
  const twice = (path: string) => !/libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(path);
  await cp(join(from, libraries), join(to, 'onnxruntime-node', libraries), {
    recursive: true,
    filter: twice,
  });
  const common = join(modules, 'onnxruntime-common');
  await cp(join(common, 'dist', 'cjs'), join(to, 'onnxruntime-common', 'dist', 'cjs'), {
    recursive: true,
    filter: code,
  });
  await copyFile(join(common, 'package.json'), join(to, 'onnxruntime-common', 'package.json'));
}

async function copySqlite({ platform, arch }: Target, to: string): Promise<void> {
  const from = join(modules, 'better-sqlite3');
  const prebuilt = join('prebuilds', `${platform}-${arch}.node`);
  if (!existsSync(join(from, prebuilt)))
    throw new PackagingError(`better-sqlite3 carries no library for ${platform} ${arch}.`);
  await cp(join(from, 'lib'), join(to, 'better-sqlite3', 'lib'), { recursive: true });
  await copyFile(join(from, 'package.json'), join(to, 'better-sqlite3', 'package.json'));
  await mkdir(join(to, 'better-sqlite3', 'prebuilds'), { recursive: true });
  await copyFile(join(from, prebuilt), join(to, 'better-sqlite3', prebuilt));
}

/** The package that brings what hears speech on a platform; npm calls Windows "win". */
export const sherpaLibrary = ({ platform, arch }: Target) =>
  `sherpa-onnx-${platform === 'win32' ? 'win' : platform}-${arch}`;

const withoutSherpa = (target: Target) =>
  `speech can't be heard: ${sherpaLibrary(target)} is not installed (npm installs it on such a machine, or with --os and --cpu)`;

/**
 * What hears speech. Its library lies in a package of its own for each platform, which npm installs on that platform alone.
 * @returns false where it isn't there, for another platform than this one
 */
async function copySherpa(target: Target, to: string): Promise<boolean> {
  const library = sherpaLibrary(target);
  if (!existsSync(join(modules, library))) {
    if (target.platform === process.platform && target.arch === process.arch)
      throw new PackagingError(`${withoutSherpa(target)}: run "npm run setup" first.`);
    return false;
  }
  for (const name of ['sherpa-onnx-node', library])
    await cp(join(modules, name), join(to, name), {
      recursive: true,
      filter: (path) => !/\.(map|d\.ts|md)$|types\.js$/.test(path),
    });
  return true;
}

async function copyVoice(to: string): Promise<void> {
  const from = join(root, 'models', 'voice');
  await mkdir(to, { recursive: true });
  for (const name of ['silero_vad.onnx', 'LICENSE.txt']) {
    if (!existsSync(join(from, name)))
      throw new PackagingError(`What finds speech lacks ${name}: run "npm run setup" first.`);
    await copyFile(join(from, name), join(to, name));
  }
}

const manifestSchema = z.looseObject({ files: z.array(z.looseObject({ path: z.string() })) });

async function copyModel(to: string): Promise<void> {
  const from = join(root, 'models', 'builtin');
  const { files } = manifestSchema.parse(JSON.parse(await readFile(join(from, 'bundle.json'), 'utf8')));
  await mkdir(to, { recursive: true });
  for (const name of ['bundle.json', ...files.map(({ path }) => path)]) {
    if (!existsSync(join(from, name)))
      throw new PackagingError(`The built-in model lacks ${name}: run "npm run setup" first.`);
    await copyFile(join(from, name), join(to, name));
  }
}

async function copyFfmpeg(target: Target, program: string | undefined, to: string): Promise<void> {
  if (program === undefined)
    throw new PackagingError(
      'There is no ffmpeg to carry: the package ffmpeg-static has not downloaded its program. ' +
        'Run "node node_modules/ffmpeg-static/install.js" where its host can be reached (with npm_config_platform and ' +
        'npm_config_arch for another platform), or give --no-ffmpeg: the package then needs an ffmpeg on the machine.',
    );
  await mkdir(to, { recursive: true });
  const name = join(to, target.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg');
  await copyFile(program, name);
  await chmod(name, 0o755);
}
