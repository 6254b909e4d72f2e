import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { LongviewError, quote } from '../protocol/errors.ts';
import { speechManifestSchema, type SpeechKind, type SpeechManifest } from '../protocol/speech.ts';
import { foreignModel } from './foreign-models.ts';
import type { EarsSpec } from './messages.ts';
import { onnxMetadata } from './onnx-metadata.ts';
import { plural } from '../protocol/plural.ts';

/** The file that makes a folder a speech model's bundle. */
export const speechManifestName = 'speech.json';

/** A speech model on disk that can be run. */
export interface SpeechModel extends Pick<
  SpeechManifest,
  'id' | 'name' | 'kind' | 'nemo' | 'precision' | 'languages'
> {
  folder: string;
  /** Which file is what, as names in the folder. */
  parts: Record<string, string>;
  /** All files that it needs, with data that lies beside its graphs. */
  files: { path: string; bytes: number }[];
  bytes: number;
  /** About what it takes in memory once it hears: measured as weights + 440 MB with Whisper base (int8). */
  memoryBytes: number;
  /** Its `speech.json`; absent in a folder as sherpa-onnx publishes it. */
  manifest?: SpeechManifest;
}

/** What a layout consists of: parts, each with the names that its file may have. The first that fits is meant. */
const layouts: readonly { kind: SpeechKind; parts: Record<string, RegExp>; telltale: string }[] = [
  {
    kind: 'moonshine',
    telltale: 'cachedDecoder',
    parts: {
      preprocessor: /^preprocess(or)?\b.*\.onnx$/,
      encoder: /^encode(r)?\b.*\.onnx$/,
      uncachedDecoder: /^uncached_decode(r)?\b.*\.onnx$/,
      cachedDecoder: /^cached_decode(r)?\b.*\.onnx$/,
      tokens: /(^|-)tokens\.txt$/,
    },
  },
  {
    kind: 'transducer',
    telltale: 'joiner',
    parts: {
      encoder: /(^|-)encoder\b.*\.onnx$/,
      decoder: /(^|-)decoder\b.*\.onnx$/,
      joiner: /(^|-)joiner\b.*\.onnx$/,
      tokens: /(^|-)tokens\.txt$/,
    },
  },
  {
    kind: 'whisper',
    telltale: 'encoder|decoder',
    parts: {
      encoder: /(^|-)encoder\b.*\.onnx$/,
      decoder: /(^|-)decoder\b.*\.onnx$/,
      tokens: /(^|-)tokens\.txt$/,
    },
  },
  {
    kind: 'sense-voice',
    telltale: 'model',
    parts: { model: /^model\b.*\.onnx$/, tokens: /(^|-)tokens\.txt$/ },
  },
];

/**
 * Looks at a folder: is it a speech model that can be run, and which? Takes a bundle with `speech.json` and a folder as
 * sherpa-onnx publishes it (Whisper, SenseVoice, Parakeet and other transducers, Moonshine). Where several precisions are
 * there, int8 is taken.
 * @throws LongviewError `file-not-found`; `bad-bundle`, which names the file that is missing, or says what the folder is
 * instead and what fits
 */
export async function readSpeechModel(folder: string): Promise<SpeechModel> {
  const path = resolve(folder);
  const names = await namesIn(path);
  if (names.includes(speechManifestName)) return fromManifest(path);
  const graphs = names.filter((name) => name.endsWith('.onnx') && !name.includes('/'));
  const layout = layouts.find(({ parts, telltale }) =>
    telltale.split('|').some((part) => graphs.some((name) => parts[part].test(name))),
  );
  if (!layout) throw (await foreignModel(path, names)) ?? unknown(path);
  const parts: Record<string, string> = {};
  for (const [part, pattern] of Object.entries(layout.parts)) {
    const found = preferred(names.filter((name) => pattern.test(name)));
    if (!found) throw (await foreignModel(path, names)) ?? missing(path, layout.kind, part, parts);
    parts[part] = found;
  }
  const about = await describe(path, layout.kind, parts);
  return { ...about, ...(await withFiles(path, names, parts)) };
}

/** What the process that hears is told to load. */
export function earsSpec(
  model: SpeechModel,
  { vad, threads, language }: { vad: string; threads: number; language?: string },
): EarsSpec {
  const files = Object.fromEntries(
    Object.entries(model.parts).map(([part, name]) => [part, join(model.folder, name)]),
  );
  const { kind, nemo } = model;
  return { kind, nemo, files, vad, threads, ...(language ? { language } : {}) };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    const inner = names.includes('onnx') ? await readdir(join(folder, 'onnx')).catch(() => []) : [];
    return [...names.sort(), ...inner.map((name) => `onnx/${name}`)];
  } catch (cause) {
    throw new LongviewError(
      'file-not-found',
      `${quote(folder)} is no folder that can be read.`,
      'Check the spelling, or connect the drive that holds it.',
      { cause },
    );
  }
}

async function fromManifest(folder: string): Promise<SpeechModel> {
  let manifest: SpeechManifest;
  try {
    manifest = speechManifestSchema.parse(
      JSON.parse(await readFile(join(folder, speechManifestName), 'utf8')),
    );
  } catch (cause) {
    throw new LongviewError(
      'bad-bundle',
      `${quote(join(folder, speechManifestName))} can’t be understood.`,
      'Import the model again.',
      { cause, details: { path: folder } },
    );
  }
  for (const { path, bytes } of manifest.files) {
    const facts = await stat(join(folder, path)).catch(() => undefined);
    if (facts?.size === bytes) continue;
    throw new LongviewError(
      'bad-bundle',
      `The speech model ${manifest.id} lacks ${path}${facts ? `: it has ${plural(facts.size, 'byte')}, and ${bytes} were expected` : ''}.`,
      'Import or download the model again.',
      { details: { path: folder } },
    );
  }
  const { id, name, kind, nemo, precision, languages, parts, files } = manifest;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { id, name, kind, nemo, precision, languages, parts, folder, files, ...sizes(bytes), manifest };
}

const sizes = (bytes: number) => ({ bytes, memoryBytes: bytes + 440_000_000 });

/** int8 before what has no precision in its name; fp16 last. */
function preferred(names: readonly string[]): string | undefined {
  const rank = (name: string) => (/int8/.test(name) ? 0 : /fp16/.test(name) ? 2 : 1);
  return names.toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b))[0];
}

async function describe(
  folder: string,
  kind: SpeechKind,
  parts: Record<string, string>,
): Promise<Pick<SpeechModel, 'id' | 'name' | 'kind' | 'nemo' | 'precision' | 'languages'>> {
  const graph = parts.encoder ?? parts.model;
  const metadata = await onnxMetadata(join(folder, graph));
  const type = metadata.get('model_type') ?? '';
  // What a NeMo or icefall encoder says of itself; it is no Whisper that lacks nothing.
  if (kind === 'whisper' && /^(EncDec|zipformer|conformer|lstm)/i.test(type))
    throw missing(folder, 'transducer', 'joiner', parts);
  const expected = { whisper: 'whisper', 'sense-voice': 'sense_voice', transducer: '', moonshine: '' }[kind];
  if (!type.startsWith(expected))
    throw new LongviewError(
      'bad-bundle',
      `${quote(join(folder, graph))} is ${type === '' ? 'no graph of a speech model that is known' : `a “${type}”`}, which can’t be run here.`,
      'Import a folder of Whisper, SenseVoice, Parakeet or Moonshine in sherpa-onnx’s layout.',
      { details: { path: folder } },
    );
  const name = basename(folder).replace(/^sherpa-onnx-/, '');
  const id = (kind === 'whisper' && type !== '' ? type : name).toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
  return {
    id: id.replace(/^[^a-z0-9]+/, '').slice(0, 64) || kind,
    name: kind === 'whisper' && type !== '' ? `Whisper ${type.replace(/^whisper-?/, '')}`.trim() : name,
    kind,
    nemo: kind === 'transducer' && type.startsWith('EncDec'),
    precision: /int8/.test(graph) ? 'int8' : /fp16/.test(graph) ? 'fp16' : 'fp32',
    languages: languagesOf(kind, metadata),
  };
}

function languagesOf(kind: SpeechKind, metadata: ReadonlyMap<string, string>): string[] {
  if (kind === 'sense-voice') return ['zh', 'yue', 'en', 'ja', 'ko'];
  if (kind === 'moonshine') return ['en'];
  if (kind !== 'whisper') return [];
  if (metadata.get('is_multilingual') === '0') return ['en'];
  return (metadata.get('all_language_codes') ?? '').split(',').filter((code) => /^[a-z]{2,3}$/.test(code));
}

/** The parts, and the data files that graphs of more than 2 GB have beside them. */
async function withFiles(
  folder: string,
  names: readonly string[],
  parts: Record<string, string>,
): Promise<Pick<SpeechModel, 'folder' | 'parts' | 'files' | 'bytes' | 'memoryBytes'>> {
  const own = Object.values(parts);
  const beside = names.filter((name) =>
    own.some((part) => {
      const stem = part.replace(/\.onnx$/, '');
      return part.endsWith('.onnx') && [`${part}.data`, `${part}_data`, `${stem}.weights`].includes(name);
    }),
  );
  const files: SpeechModel['files'] = [];
  for (const path of [...own, ...beside]) {
    const { size } = await stat(join(folder, path));
    if (size === 0) throw incomplete(folder, path);
    files.push({ path, bytes: size });
  }
  return { folder, parts, files, ...sizes(files.reduce((sum, { bytes }) => sum + bytes, 0)) };
}

function unknown(folder: string): LongviewError {
  return new LongviewError(
    'bad-bundle',
    `${quote(folder)} holds no speech model.`,
    'Name a folder of Whisper, SenseVoice, Parakeet or Moonshine in sherpa-onnx’s layout (its .onnx files and tokens.txt).',
    { details: { path: folder } },
  );
}

function missing(
  folder: string,
  kind: SpeechKind,
  part: string,
  parts: Readonly<Record<string, string>>,
): LongviewError {
  const usual: Record<string, string> = {
    preprocessor: 'preprocess.onnx',
    uncachedDecoder: 'uncached_decode.int8.onnx',
    cachedDecoder: 'cached_decode.int8.onnx',
    tokens: 'tokens.txt',
  };
  // Named like the part that is there: "base-encoder.int8.onnx" has a "base-decoder.int8.onnx".
  const sibling = parts.encoder ?? parts.decoder;
  const stem = sibling ? (/^(.*-)?(?:en|de)coder/.exec(sibling)?.[1] ?? '') : '';
  const name = usual[part] ?? (sibling ? sibling.replace(/(en|de)coder/, part) : `${part}.int8.onnx`);
  return new LongviewError(
    'bad-bundle',
    `${quote(folder)} looks like a ${kind} model, but ${part === 'tokens' ? stem : ''}${name} is missing.`,
    'Copy that file into the folder too, or download the model again.',
    { details: { path: folder, part } },
  );
}

function incomplete(folder: string, path: string): LongviewError {
  return new LongviewError(
    'bad-bundle',
    `${quote(join(folder, path))} is empty.`,
    'Copy that file again, or download the model again.',
    { details: { path: folder } },
  );
}
