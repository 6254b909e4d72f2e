import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const folder = join(root, 'node_modules', 'electron');
/** A slow line takes minutes for a hundred megabytes. */
const downloadLimitMs = 10 * 60_000;

/** Electron's program, or why there is none, as part of a sentence. */
export type ElectronProgram = { program: string } | { missing: string };

/** Where Electron's program lies, if it was fetched. */
export function installedElectron(): ElectronProgram {
  try {
    const program = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    if (existsSync(program)) return { program };
  } catch {
    // Not fetched yet.
  }
  return { missing: 'Electron’s program is not here' };
}

/** Electron's program, fetched where it isn't here yet. @param say told before the download */
export function electronProgram(say: (text: string) => void): ElectronProgram {
  const installed = installedElectron();
  if ('program' in installed) return installed;
  const script = join(folder, 'install.js');
  if (!existsSync(script)) return { missing: 'the npm package "electron" is not installed' };
  say('Fetching Electron, once (about 120 MB)…');
  const fetched = spawnSync(process.execPath, [script], { stdio: 'ignore', timeout: downloadLimitMs });
  const now = installedElectron();
  if (fetched.status === 0 && 'program' in now) return now;
  return { missing: 'Electron’s program could not be fetched from its host' };
}

/** Why a window can't be opened here, as part of a sentence; undefined where one can. */
export function noWindow(
  platform: NodeJS.Platform,
  env: Record<string, string | undefined>,
  user: number | undefined,
): string | undefined {
  if (platform !== 'linux') return undefined;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display here';
  // Chromium keeps pages in a sandbox that it can't make for root, and Longview doesn't run without it.
  return user === 0 ? 'Electron’s sandbox doesn’t work for root' : undefined;
}
