import { basename, dirname, join, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import * as ort from '../../onnxruntime/index.ts';
import type { BundleManifest } from '../../protocol/bundle.ts';
import { bundleSchema } from '../../protocol/bundle.ts';
import type { QueryDialect } from '../../protocol/calibration.ts';
import { throwIfCancelled } from '../../protocol/errors.ts';
import type { OnProgress } from '../../protocol/progress.ts';
import { exists, requireFolder } from '../checkpoint/folder.ts';
import { badCheckpoint } from '../checkpoint/problems.ts';
import { checkIdentity } from '../identity.ts';
import { elementTypes } from '../onnx/graph.ts';
import type { GraphDeclaration } from '../onnx/inspect.ts';
import { ByteProgress } from '../output/byte-progress.ts';
import type { WrittenFile } from '../output/files.ts';
import { copyInto, verifyFiles, writeStream } from '../output/files.ts';
import { requireSpace } from '../output/space.ts';
import { stageFolder } from '../output/staging.ts';
import type { PairConfig, PairPreprocessor } from './config.ts';
import { inputSize, readPairConfig, readPairPreprocessor } from './config.ts';
import { sceneOfPair } from './logits.ts';
import { checkDeclarations, pairOutputs, readGraph, tryGraph } from './graphs.ts';
import type { PairTokens } from './tokenizer.ts';
import { readPairTokenizer } from './tokenizer.ts';

/** How a pair that was taught English is asked: other languages are put into English by the engine's word lists. */
const englishQueries = {
  templates: ['{query}', 'a photo of {query}'],
  languages: ['en', 'zh'],
  names: ['de', 'fr', 'es', 'it', 'pt', 'ja', 'ko', 'ru'],
  own: ['en'],
} satisfies QueryDialect;

/** What to import. */
export interface ImportClipOptions {
  /**
   * The folder of the pair: config.json, preprocessor_config.json, tokenizer.json, and vision_model.onnx and
   * text_model.onnx there or in a folder `onnx` of it.
   */
  source: string;
  /** The bundle's folder; it must not exist yet. */
  target: string;
  id?: string;
  name?: string;
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/**
 * Imports a CLIP-class pair as it is exported for onnxruntime as a bundle that embeds. The graphs are copied as
 * they are, after their declared inputs and outputs were compared with the kind's and each ran once.
 *
 * @returns the manifest, as written to bundle.json.
 * @throws LongviewError `bad-argument`; `file-not-found`; `bad-checkpoint` naming what is unexpected;
 * `disk-full`; `permission-denied`; `cancelled`.
 */
export async function importClipPair(options: ImportClipOptions): Promise<BundleManifest> {
  const chosen = checkIdentity(options);
  await requireFolder(chosen.source);
  const config = await readPairConfig(chosen.source);
  const preprocessor = await readPairPreprocessor(chosen.source, config.kind);
  const tokens = await readPairTokenizer(chosen.source, config);
  const [vision, text] = await findGraphs(chosen.source);
  const declarations = [await readGraph(vision), await readGraph(text)] as const;
  checkDeclarations(...declarations, { ...config, imageSize: inputSize(preprocessor) });
  throwIfCancelled(options.signal);
  options.onProgress?.({ stage: 'trying the graphs', fraction: 0 });
  const embeddingSize = await tryPair([vision, text], config, preprocessor, tokens);
  const scene = await sceneOfPair(chosen.source, config.kind);
  throwIfCancelled(options.signal);
  const paths = [...externalPaths(vision, declarations[0]), ...externalPaths(text, declarations[1])];
  paths.push(join(chosen.source, 'tokenizer.json'));
  const bytes = await totalBytes(paths);
  await requireSpace(chosen.target, bytes);
  return stageFolder(chosen.target, async (folder) => {
    const files = await copyAll(folder, paths, bytes, options);
    const manifest = bundleSchema.parse({
      format: 1,
      id: chosen.id,
      name: chosen.name,
      architecture: 'clip',
      precision: precisionOf(declarations),
      can: ['embed'],
      clip: {
        kind: config.kind,
        visionGraph: 'vision_model.onnx',
        textGraph: 'text_model.onnx',
        embeddingSize,
        ...preprocessor,
        maxTokens: config.maxTokens,
        padToken: tokens.padToken,
      },
      ...(scene && { calibration: { scene } }),
      // CLIP's own words are English; SigLIP 2 knows many languages, and the first one is asked in whatever comes.
      ...(config.kind === 'clip' && { queries: englishQueries }),
      files,
      licence: 'as the model states it',
      provenance: `imported from the folder ${JSON.stringify(basename(chosen.source))}`,
    } satisfies BundleManifest);
    await writeStream(folder, 'bundle.json', [Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)]);
    return manifest;
  });
}

/** The pair's graph files, in the folder itself or where exporters put them. */
async function findGraphs(source: string): Promise<[string, string]> {
  for (const folder of [source, join(source, 'onnx')]) {
    const paths: [string, string] = [join(folder, 'vision_model.onnx'), join(folder, 'text_model.onnx')];
    if ((await exists(paths[0])) && (await exists(paths[1]))) return paths;
  }
  throw badCheckpoint(
    `${JSON.stringify(basename(source))} has no vision_model.onnx and text_model.onnx, neither in itself nor in onnx/.`,
  );
}

/** Runs both graphs once. @returns the size of the space that they share. */
async function tryPair(
  [vision, text]: [string, string],
  { kind, maxTokens, embeddingSize }: PairConfig,
  preprocessor: PairPreprocessor,
  { sample, padToken }: PairTokens,
): Promise<number> {
  const [height, width] = inputSize(preprocessor) ?? preprocessor.imageSize;
  const pixels = new ort.Tensor('float32', new Float32Array(3 * height * width), [1, 3, height, width]);
  // SigLIP is trained on texts that are padded to their full length.
  const ids = kind === 'siglip' ? Array.from({ length: maxTokens }, (_, i) => sample[i] ?? padToken) : sample;
  const int64 = (values: number[]) =>
    new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  const words = { input_ids: int64(ids), attention_mask: int64(ids.map(() => 1)) };
  const outputs = pairOutputs[kind];
  const sizes = [
    await tryGraph(vision, { pixel_values: pixels }, outputs.vision),
    await tryGraph(text, words, outputs.text),
  ];
  if (sizes[0] !== sizes[1] || sizes[0] !== (embeddingSize ?? sizes[0]))
    throw badCheckpoint(
      `Pictures become ${sizes[0]} numbers and words ${sizes[1]}${
        embeddingSize === undefined ? '' : ` where config.json says ${embeddingSize}`
      }: they share no space.`,
    );
  return sizes[0];
}

/** A graph's own file and the files beside it that hold its weights. */
function externalPaths(graph: string, { externalFiles }: GraphDeclaration): string[] {
  return [graph, ...[...externalFiles].map((file) => join(dirname(graph), file))];
}

async function totalBytes(paths: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) throw badCheckpoint(`${basename(path)}, which holds weights, is missing.`);
    bytes += found.size;
  }
  return bytes;
}

async function copyAll(
  folder: string,
  paths: readonly string[],
  bytes: number,
  { signal, onProgress }: ImportClipOptions,
): Promise<WrittenFile[]> {
  const copying = new ByteProgress('copying the model', bytes, [0, 0.7], onProgress);
  const files: WrittenFile[] = [];
  for (const path of new Set(paths.map((path) => resolve(path)))) {
    copying.subject = basename(path);
    files.push(
      await copyInto(folder, basename(path), path, { signal, onBytes: (count) => copying.add(count) }),
    );
  }
  const checking = new ByteProgress('checking what was written', bytes, [0.7, 1], onProgress);
  await verifyFiles(folder, files, { signal, onBytes: (count) => checking.add(count) });
  return files;
}

/** What the weights are stored in, judged by their types. */
function precisionOf(declarations: readonly GraphDeclaration[]): BundleManifest['precision'] {
  const types = new Set(declarations.flatMap(({ weightTypes }) => [...weightTypes]));
  const quantised = types.has(elementTypes.uint8) || types.has(elementTypes.int8);
  if (quantised) return 'mixed';
  if (types.has(elementTypes.float16)) return types.has(elementTypes.float32) ? 'mixed' : 'fp16';
  return 'fp32';
}
