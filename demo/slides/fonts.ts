import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GlobalFonts } from '@napi-rs/canvas';
import { LongviewError } from '../../engine/protocol/errors.ts';

/** The typefaces that slides are set in. */
export type Face = 'sans' | 'serif' | 'mono';

const packages = join(import.meta.dirname, '..', '..', 'node_modules', '@fontsource-variable');
const latin: Record<Face, string> = {
  sans: 'inter/files/inter-latin-wght-normal.woff2',
  serif: 'source-serif-4/files/source-serif-4-latin-wght-normal.woff2',
  mono: 'jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2',
};
/** Noto Sans SC comes in a hundred files, each with some of the letters. */
const chinese = 'noto-sans-sc/files';

let families: string[] | undefined;

/** A font in the form that a canvas takes: letters of the face, Chinese ones of Noto Sans SC. */
export function font(face: Face, size: number, weight = 400): string {
  families ??= registerChinese();
  const own = `slide-${face}`;
  if (!GlobalFonts.has(own)) register(join(packages, latin[face]), own);
  return `${weight} ${size}px ${[own, ...families].map((family) => `"${family}"`).join(', ')}`;
}

function registerChinese(): string[] {
  const folder = join(packages, chinese);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.woff2')) : [];
  if (files.length === 0) throw missing(folder);
  return files.map((file, index) => {
    register(join(folder, file), `slide-chinese-${index}`);
    return `slide-chinese-${index}`;
  });
}

function register(path: string, family: string): void {
  if (!GlobalFonts.registerFromPath(path, family)) throw missing(path);
}

function missing(path: string): LongviewError {
  return new LongviewError(
    'file-not-found',
    `The slides' typeface is not at ${path}.`,
    'Delete node_modules and run set-up again.',
  );
}
