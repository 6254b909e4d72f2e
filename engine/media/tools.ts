import { access, constants, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { LongviewError, quote } from '../protocol/errors.ts';
import { runProcess } from './process.ts';

/** Where ffmpeg came from. */
export type ToolSource = 'environment' | 'application' | 'ffmpeg-static' | 'path';

/** The ffmpeg programs of this machine. */
export interface MediaTools {
  /** Absolute path of ffmpeg. */
  ffmpeg: string;
  /** Absolute path of ffprobe; undefined: files are probed by reading what ffmpeg says about its input. */
  ffprobe: string | undefined;
  /** ffmpeg's own version string: "5.1.9-0+deb12u1", "6.1.1", "N-117902-g…". */
  version: string;
  source: ToolSource;
}

/** Where to look besides the environment, ffmpeg-static and PATH. */
export interface FindToolsOptions {
  /** A folder that holds ffmpeg (and perhaps ffprobe), as packaged applications bring one. */
  folder?: string;
  /** Default: process.env. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Path of ffmpeg-static's program; default: asked from the package, where it is installed. */
  staticPath?: string | null;
}

const VERSION_TIMEOUT_MS = 20_000;
const found = new Map<string, Promise<MediaTools>>();

/**
 * Finds ffmpeg and ffprobe: FFMPEG_PATH and FFPROBE_PATH, then the application's folder, then ffmpeg-static (when
 * its file is really there), then PATH. ffprobe is taken from beside ffmpeg first, then from PATH. A candidate
 * counts only if it runs. The answer is remembered per set of options; a failure is not.
 *
 * ffmpeg-static brings no ffprobe. Rather than 76 MB more for a second program built from the same libraries, a
 * machine without one is served by reading what `ffmpeg -i` prints (see banner.ts).
 * @throws LongviewError `ffmpeg-missing`, with how to install it on this platform.
 */
export function findMediaTools(options: FindToolsOptions = {}): Promise<MediaTools> {
  const env = options.env ?? process.env;
  const key = JSON.stringify([
    options.folder,
    options.staticPath,
    env.FFMPEG_PATH,
    env.FFPROBE_PATH,
    env.PATH ?? env.Path,
  ]);
  let search = found.get(key);
  if (!search) {
    search = locate(options, env);
    found.set(key, search);
    search.catch(() => found.delete(key));
  }
  return search;
}

async function locate(
  options: FindToolsOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<MediaTools> {
  const tried: string[] = [];
  for (const [candidate, source] of await candidates(options, env)) {
    const version = await versionOf(candidate, tried);
    if (version === undefined) {
      if (source === 'environment') break; // A wrong setting is told, not worked around.
      continue;
    }
    return { ffmpeg: candidate, ffprobe: await locateProbe(candidate, env), version, source };
  }
  throw missing(tried);
}

async function candidates(
  options: FindToolsOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<[string, ToolSource][]> {
  if (env.FFMPEG_PATH) return [[path.resolve(env.FFMPEG_PATH), 'environment']];
  const list: [string, ToolSource][] = [];
  if (options.folder) list.push([path.resolve(options.folder, executable('ffmpeg')), 'application']);
  const fromPackage = options.staticPath === undefined ? ffmpegStaticPath() : options.staticPath;
  if (fromPackage) list.push([fromPackage, 'ffmpeg-static']);
  for (const file of onPath('ffmpeg', env)) list.push([file, 'path']);
  const existing: [string, ToolSource][] = [];
  for (const entry of list) if (await isExecutable(entry[0])) existing.push(entry);
  return existing;
}

async function locateProbe(
  ffmpeg: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (env.FFPROBE_PATH) {
    const chosen = path.resolve(env.FFPROBE_PATH);
    const tried: string[] = [];
    if ((await versionOf(chosen, tried)) === undefined) throw missing(tried);
    return chosen;
  }
  const beside = path.join(path.dirname(ffmpeg), executable('ffprobe'));
  for (const candidate of [beside, ...onPath('ffprobe', env)]) {
    if ((await isExecutable(candidate)) && (await versionOf(candidate, [])) !== undefined) return candidate;
  }
  return undefined;
}

/** Runs `-version`; undefined (and a line in `tried`) when the program is not there or doesn't run. */
async function versionOf(file: string, tried: string[]): Promise<string | undefined> {
  try {
    const { code, stdout } = await runProcess(file, ['-version'], { timeoutMs: VERSION_TIMEOUT_MS });
    const match = /^ff(?:mpeg|probe) version (\S+)/.exec(stdout.toString('utf8'));
    if (code === 0 && match) return match[1];
    tried.push(`${quote(file)} is not ffmpeg`);
  } catch (error) {
    tried.push(error instanceof Error ? error.message : String(error));
  }
  return undefined;
}

function ffmpegStaticPath(): string | null {
  try {
    const file: unknown = createRequire(import.meta.url)('ffmpeg-static');
    // Inside a packaged application the program lies beside the archive, where it can be executed.
    return typeof file === 'string' ? file.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked') : null;
  } catch {
    return null; // An optional dependency: not installed.
  }
}

function onPath(name: string, env: Readonly<Record<string, string | undefined>>): string[] {
  const folders = (env.PATH ?? env.Path ?? '')
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder));
  return [...new Set(folders)].map((folder) => path.join(folder, executable(name)));
}

function executable(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

const installHints: Partial<Record<NodeJS.Platform, string>> = {
  linux:
    'Install it with your package manager (Debian, Ubuntu: apt-get install ffmpeg; Fedora: dnf install ffmpeg)',
  darwin: 'Install it with Homebrew (brew install ffmpeg)',
  win32: 'Install it with winget (winget install ffmpeg)',
};

function missing(tried: readonly string[]): LongviewError {
  const why = tried.length ? ` (${tried.join('; ')})` : '';
  const hint = installHints[process.platform] ?? 'Install ffmpeg';
  return new LongviewError(
    'ffmpeg-missing',
    `ffmpeg, which reads the videos, was not found${why}.`,
    `${hint}, or set FFMPEG_PATH to an ffmpeg that you have.`,
    { details: { tried } },
  );
}
