import { open, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LongviewError, quote } from '../protocol/errors.ts';
import { downloadBytes, speechCatalogue, type SpeechEntry } from './catalogue.ts';

/**
 * What a folder of another program's speech model is, and what fits instead; undefined where it looks like none.
 * @param names files in it, those of `onnx/` with their folder
 */
export async function foreignModel(
  folder: string,
  names: readonly string[],
): Promise<LongviewError | undefined> {
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  const config = names.includes('config.json') ? await readConfig(join(folder, 'config.json')) : {};
  const isWhisper = config.model_type === 'whisper' || /whisper/i.test(basename(folder));
  let layout: string | undefined;
  if (names.includes('model.bin') && has(/^(vocabulary\.(json|txt)|tokenizer\.json)$/))
    layout = 'in faster-whisper’s layout (CTranslate2)';
  else if (has(/^ggml-.*\.bin$|\.gguf$/) || (await isGgml(folder, names)))
    layout = 'in whisper.cpp’s layout (ggml)';
  else if (has(/^encoder-model.*\.onnx$/) && has(/^decoder_joint-model.*\.onnx$/))
    return advise(
      folder,
      'a Parakeet in onnx-asr’s layout (its decoder and joiner are one graph)',
      'parakeet-v3',
    );
  else if (isWhisper && has(/encoder_model.*\.onnx$/)) layout = 'in Transformers.js’ layout';
  else if (isWhisper && has(/^(model.*\.safetensors|pytorch_model.*\.bin)$/))
    layout = 'in Hugging Face’s layout';
  else if (isWhisper && has(/^weights\.(npz|safetensors)$/)) layout = 'in MLX’s layout';
  else if (has(/^(tiny|base|small|medium|large)[\w.-]*\.pt$/)) layout = 'in OpenAI’s own layout';
  if (layout === undefined) return undefined;
  const size = await sizeOf(folder, names, config);
  return advise(folder, `a Whisper${size ? ` ${size}` : ''} ${layout}`, `whisper-${size ?? 'base'}`);
}

function advise(folder: string, what: string, wanted: string): LongviewError {
  const entry = speechCatalogue.find(({ id }) => id === wanted) ?? speechCatalogue[0];
  return new LongviewError(
    'bad-bundle',
    `${quote(folder)} holds ${what}, which can’t be run here: speech models are taken in sherpa-onnx’s layout.`,
    `Download ${entry.title} (${megabytes(entry)}; ${entry.repo}), or import a folder of it that you have: ${fits(entry)}.`,
    { details: { path: folder, suggested: entry.id } },
  );
}

const fits = ({ files }: SpeechEntry) => files.map(({ path }) => path).join(', ');
const megabytes = (entry: SpeechEntry) => `${Math.round(downloadBytes(entry) / 1e6)} MB`;

interface Config {
  model_type?: unknown;
  d_model?: unknown;
  decoder_layers?: unknown;
}

async function readConfig(path: string): Promise<Config> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/** Of the sizes in the catalogue, by the width that the config tells, else by names. */
async function sizeOf(folder: string, names: readonly string[], config: Config): Promise<string | undefined> {
  const widths: Record<number, string> = { 384: 'tiny', 512: 'base', 768: 'small' };
  if (typeof config.d_model === 'number') {
    const turbo = config.d_model === 1280 && Number(config.decoder_layers) <= 4;
    return turbo ? 'turbo' : (widths[config.d_model] ?? 'turbo');
  }
  const told = /(tiny|base|small|medium|large|turbo)/i.exec([basename(folder), ...names].join(' '))?.[1];
  const name = told?.toLowerCase();
  return name === 'medium' || name === 'large' ? 'turbo' : name;
}

/** whisper.cpp's files begin with "ggml" as a little-endian number. */
async function isGgml(folder: string, names: readonly string[]): Promise<boolean> {
  const [name] = names.filter((one) => one.endsWith('.bin'));
  if (!name) return false;
  const file = await open(join(folder, name), 'r');
  try {
    const bytes = Buffer.alloc(4);
    await file.read(bytes, 0, 4, 0);
    return bytes.toString('latin1') === 'lmgg';
  } finally {
    await file.close();
  }
}
