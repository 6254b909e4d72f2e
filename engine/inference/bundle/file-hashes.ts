import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { throwIfCancelled } from '../../protocol/errors.ts';

const entrySchema = z.strictObject({ bytes: z.number(), modified: z.number(), sha256: z.string() });
const cacheSchema = z.strictObject({ format: z.literal(1), files: z.record(z.string(), entrySchema) });

/**
 * Remembers the sha256 of files whose path, size and time of change are as they were. Hashing the 15 GB of a 7B
 * model takes many seconds; with this it is done once and not at every start. What it guards against is damage
 * and mix-ups, not somebody who can set a file's time (who could as well change the manifest).
 */
export class HashCache {
  readonly #path: string | undefined;
  #entries: Map<string, z.infer<typeof entrySchema>> | undefined;
  #changed = false;

  /** @param path the cache file; without one nothing outlives the process. */
  constructor(path?: string) {
    this.#path = path;
  }

  /** The sha256 of a file, hex; read only where it isn't remembered. */
  async sha256(path: string, stats: Stats, signal?: AbortSignal): Promise<string> {
    const entries = await this.#load();
    const known = entries.get(path);
    if (known && known.bytes === stats.size && known.modified === stats.mtimeMs) return known.sha256;
    const sha256 = await hashFile(path, signal);
    entries.set(path, { bytes: stats.size, modified: stats.mtimeMs, sha256 });
    this.#changed = true;
    return sha256;
  }

  /** Writes what was learnt. A cache that can't be written costs time next time, nothing else. */
  async save(): Promise<void> {
    if (!this.#changed || this.#path === undefined || this.#entries === undefined) return;
    this.#changed = false;
    const temporary = `${this.#path}.${process.pid}.tmp`;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      const data = { format: 1, files: Object.fromEntries(this.#entries) };
      await writeFile(temporary, JSON.stringify(data));
      await rename(temporary, this.#path);
    } catch {
      // See above: not worth failing a load for.
    }
  }

  async #load(): Promise<Map<string, z.infer<typeof entrySchema>>> {
    if (this.#entries) return this.#entries;
    let entries = new Map<string, z.infer<typeof entrySchema>>();
    if (this.#path !== undefined) {
      try {
        const parsed = cacheSchema.parse(JSON.parse(await readFile(this.#path, 'utf8')));
        entries = new Map(Object.entries(parsed.files));
      } catch {
        // Absent or damaged: start afresh.
      }
    }
    return (this.#entries ??= entries);
  }
}

/** The sha256 of a file's bytes, hex. @throws LongviewError `cancelled`. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
    throwIfCancelled(signal);
    hash.update(piece as Buffer);
  }
  return hash.digest('hex');
}
