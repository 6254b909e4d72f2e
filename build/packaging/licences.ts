import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..');
const packageSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
});

/** What is built into the interface, though set-up alone needs it as a package. */
const builtIn = ['svelte', '@fontsource-variable/inter'];
/** Dependencies of these are needed to install them, and not to run them; what else they need is listed itself. */
const installOnly: Record<string, readonly string[]> = {
  'onnxruntime-node': ['adm-zip', 'global-agent'],
  'better-sqlite3': ['node-addon-api'],
  'ffmpeg-static': ['@derhuerst/http-basic', 'env-paths', 'https-proxy-agent', 'progress'],
};
/** Permissions to look for where a package brings no text of its own. */
const namesOfTexts = /^(licen[cs]e|copying|notice|ofl)([.-].*)?$/i;

/** A package that ships, with its licence. */
export interface ShippedPackage {
  name: string;
  version: string;
  licence: string;
  /** Empty where the package brings none. */
  text: string;
}

/** The packages that ship: production dependencies with all of theirs, and what is built into the interface. */
export function shippedPackages(): ShippedPackage[] {
  const own = packageSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const found = new Map<string, ShippedPackage>();
  const visit = (name: string, from: string) => {
    const folder = folderOf(name, from);
    if (folder === undefined || found.has(folder)) return;
    const about = packageSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    const text = readdirSync(folder)
      .filter((file) => namesOfTexts.test(file))
      .map((file) => readFileSync(join(folder, file), 'utf8').trim())
      .join('\n\n');
    found.set(folder, {
      name: about.name,
      version: about.version,
      licence: about.license ?? 'not stated',
      text,
    });
    const left = installOnly[name] ?? [];
    for (const next of Object.keys(about.dependencies ?? {})) if (!left.includes(next)) visit(next, folder);
  };
  for (const name of Object.keys(own.dependencies ?? {})) visit(name, root);
  visit('ffmpeg-static', root);
  for (const name of builtIn) {
    const folder = folderOf(name, root)!;
    const dependencies = new Set(found.keys());
    visit(name, root);
    // Svelte's own dependencies are its compiler's.
    for (const added of found.keys()) if (added !== folder && !dependencies.has(added)) found.delete(added);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Where a package lies, seen from another one's folder. */
function folderOf(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

/** All licences in one text. Electron's and Chromium's come with their own files. */
export function licencesText(): string {
  const rule = '='.repeat(80);
  const own = readFileSync(join(root, 'LICENSE'), 'utf8').trim();
  const others = readFileSync(join(root, 'docs', 'third-party.md'), 'utf8').trim();
  const parts = shippedPackages().map(({ name, version, licence, text }) => {
    const fallback = `(The package brings no text of its licence; its terms are those of ${licence}.)`;
    return `${name} ${version}\nLicence: ${licence}\n\n${text === '' ? fallback : text}`;
  });
  return [`Longview\n\n${own}`, others, ...parts].join(`\n\n${rule}\n\n`) + '\n';
}

/** ffmpeg-static's program for this platform; undefined where it was not downloaded. */
export function staticFfmpeg(): string | undefined {
  try {
    const path: unknown = createRequire(join(root, 'package.json'))('ffmpeg-static');
    return typeof path === 'string' && existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
