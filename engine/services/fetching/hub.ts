import { z } from 'zod';
import { LongviewError } from '../../protocol/errors.ts';

/** A file of a repository on the hub. */
export interface HubFile {
  path: string;
  bytes: number;
  /** What its content must come to: SHA-256 of large files, git's own SHA-1 of small ones. */
  checksum: { algorithm: 'sha256' | 'git-sha1'; hex: string };
}

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const tree = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    size: z.int().nonnegative(),
    oid: z.string(),
    lfs: z.object({ oid: hex(64), size: z.int().nonnegative() }).optional(),
  }),
);

/**
 * Asks the hub what files a repository has, with their sizes and checksums.
 * @param patterns plain paths, or "*.safetensors" for every file of the top folder that ends so
 * @param revision a branch, or a commit that never changes
 * @throws LongviewError `hub-unreachable`, `download-failed` where the answer is not as expected or a file is missing.
 */
export async function listFiles(
  hub: string,
  name: string,
  patterns: readonly string[],
  signal: AbortSignal,
  revision = 'main',
): Promise<HubFile[]> {
  const response = await fetch(`${hub}/api/models/${name}/tree/${revision}?recursive=1`, { signal }).catch(
    (cause: unknown) => {
      throw unreachable(hub, cause);
    },
  );
  if (!response.ok) throw unreachable(hub, new Error(`HTTP ${response.status}`), response.status);
  const parsed = tree.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) throw odd(name, 'its list of files is not as expected');
  const files = parsed.data.filter(({ type }) => type === 'file');
  const wanted = patterns.flatMap((pattern) => {
    const matching = files.filter(({ path }) => matches(pattern, path));
    // Sharded or in one piece: the index and the generation settings are not everywhere.
    const optional = ['generation_config.json', 'model.safetensors.index.json', 'tokenizer_config.json'];
    if (matching.length === 0 && !optional.includes(pattern)) throw odd(name, `it has no ${pattern}`);
    return matching;
  });
  return wanted.map(({ path, size, oid, lfs }) => {
    if (lfs) return { path, bytes: lfs.size, checksum: { algorithm: 'sha256', hex: lfs.oid } };
    if (!hex(40).safeParse(oid).success) throw odd(name, `${path} has no checksum`);
    return { path, bytes: size, checksum: { algorithm: 'git-sha1', hex: oid } };
  });
}

function matches(pattern: string, path: string): boolean {
  // Paths become files here: nothing may lead out of the folder.
  if (!/^[\w.-]+(\/[\w.-]+)?$/.test(path) || path.includes('..')) return false;
  if (!pattern.startsWith('*')) return path === pattern;
  return !path.includes('/') && path.endsWith(pattern.slice(1));
}

/** The hub can't be reached, or doesn't answer as it should. */
export function unreachable(hub: string, cause: unknown, status?: number): LongviewError {
  const what = status === undefined ? 'could not be reached' : `answered with HTTP ${status}`;
  return new LongviewError(
    'hub-unreachable',
    `${hub} ${what}.`,
    'Check the network and try again; what was downloaded so far is kept.',
    { cause },
  );
}

function odd(name: string, what: string): LongviewError {
  return new LongviewError(
    'download-failed',
    `${name} can't be downloaded: ${what}.`,
    'Try again later; the repository may have changed since this version of Longview.',
    { details: { model: name } },
  );
}
