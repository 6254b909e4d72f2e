import { basename, join } from 'node:path';
import { usualGammas } from '../protocol/gamma.ts';
import type { BundleManifest, PositionVariant } from '../protocol/bundle.ts';
import { bundleSchema, positionVariants } from '../protocol/bundle.ts';
import { badArgument, throwIfCancelled } from '../protocol/errors.ts';
import type { OnProgress } from '../protocol/progress.ts';
import type { CheckpointConfig } from './checkpoint/config.ts';
import { configSchema, interpretConfig } from './checkpoint/config.ts';
import { checkTensors, decoderTensors, hasOwnOutput, visionTensors } from './checkpoint/expected.ts';
import { readJson, requireFolder } from './checkpoint/folder.ts';
import type { Preprocessor } from './checkpoint/preprocessor.ts';
import { readPreprocessor } from './checkpoint/preprocessor.ts';
import { readTokens } from './checkpoint/tokenizer.ts';
import { families } from './checkpoint/positions.ts';
import { publishedCheckpoint } from './checkpoint/published.ts';
import { openWeights } from './checkpoint/weights.ts';
import { buildDecoderGraph, lmHeadName } from './graphs/decoder.ts';
import { buildEmbeddingGraph } from './graphs/embedding.ts';
import type { Precision } from './graphs/layers.ts';
import { activationType } from './graphs/layers.ts';
import type { PlannedGraph } from './graphs/planned.ts';
import { buildVisionGraph } from './graphs/vision.ts';
import { checkIdentity } from './identity.ts';
import { ByteProgress } from './output/byte-progress.ts';
import type { WrittenFile } from './output/files.ts';
import { copyInto, verifyFiles, writeStream } from './output/files.ts';
import { requireSpace } from './output/space.ts';
import { stageFolder } from './output/staging.ts';
import type { WeightSource } from './weights/source.ts';
import { importPrecisions } from '../protocol/bundle.ts';

/** What to convert, and into what. */
export interface ConvertOptions {
  /** The Hugging Face folder: config.json, .safetensors, tokenizer.json, preprocessor_config.json. */
  source: string;
  /** The bundle's folder; it must not exist yet. */
  target: string;
  /** fp32 and int8/int4 for CPUs, fp16 for GPUs. */
  precision: Precision;
  /**
   * The position variant that the checkpoint was trained with. Most don't record it; where nobody says, it is the one of
   * a published checkpoint that is known by its name, or what the config calls for: `m-rope` for Qwen2-VL, `m-rope-time`
   * for Qwen2.5-VL, `m-rope-interleaved` for Qwen3-VL.
   */
  positions?: PositionVariant;
  /** Lower-case name that the model is called by; by default made from the target folder's name. */
  id?: string;
  /** Name as people read it; by default the source folder's name. */
  name?: string;
  signal?: AbortSignal;
  onProgress?: OnProgress;
  /** Told which encoding it became, and by whose word, before anything is written. */
  onPositions?: (chosen: ChosenPositions) => void;
}

/** Which encoding a checkpoint is read with, and why. */
export interface ChosenPositions {
  variant: PositionVariant;
  /** Somebody said so; it is a published checkpoint; its config says so; or all of its family have it. */
  by: 'request' | 'name' | 'config' | 'family';
  /** The published checkpoint, or the family. */
  name: string;
}

/**
 * Converts a Qwen2-VL, Qwen2.5-VL or Qwen3-VL checkpoint into a Longview bundle. Weights stream from file to file in pieces of a few
 * megabytes; the bundle appears as a whole, after what was written was read back and compared, or not at all.
 *
 * @returns the manifest, as written to bundle.json.
 * @throws LongviewError `bad-argument`; `file-not-found`; `bad-checkpoint` naming everything that is unexpected in
 * the folder; `disk-full`; `permission-denied`; `cancelled`.
 */
export async function convertCheckpoint(options: ConvertOptions): Promise<BundleManifest> {
  const chosen = checkOptions(options);
  await requireFolder(chosen.source);
  const config = withPositions(
    interpretConfig(await readJson(chosen.source, 'config.json', configSchema)),
    chosen,
  );
  const preprocessor = await readPreprocessor(chosen.source, config.vision);
  const tokens = await readTokens(chosen.source, config);
  const weights = await openWeights(chosen.source);
  try {
    config.decoder.tied &&= !(await hasOwnOutput(weights));
    const expected = new Map([...decoderTensors(config.decoder), ...visionTensors(config.vision)]);
    checkTensors(weights, expected, config.decoder);
    throwIfCancelled(options.signal);
    const graphs = planGraphs(config, weights, chosen.precision);
    return await writeBundle(graphs, chosen, { ...describeBundle(chosen, config, preprocessor), tokens });
  } finally {
    await weights[Symbol.asyncDispose]();
  }
}

async function writeBundle(
  graphs: readonly [string, PlannedGraph][],
  chosen: Chosen,
  description: Omit<BundleManifest, 'files'>,
): Promise<BundleManifest> {
  const bytes = graphs.reduce((sum, [, graph]) => sum + graph.plan.bytes, 0);
  await requireSpace(chosen.target, bytes);
  return stageFolder(chosen.target, async (folder) => {
    const files = await writeAll(folder, graphs, chosen, bytes);
    const manifest = bundleSchema.parse({ ...description, files });
    await writeStream(folder, 'bundle.json', [Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)]);
    return manifest;
  });
}

type Optional = 'positions' | 'signal' | 'onProgress' | 'onPositions';
type Chosen = Required<Omit<ConvertOptions, Optional>> & Pick<ConvertOptions, Optional>;

/** The encoding that was asked for, else that of a published checkpoint, else what the config calls for. */
function withPositions(
  config: CheckpointConfig,
  { source, positions, onPositions }: Chosen,
): CheckpointConfig {
  const published = publishedCheckpoint(source, config.savedAs);
  const variant = positions ?? published?.variant ?? config.positions.variant;
  const by = positions ? 'request' : published ? 'name' : config.encodingNamed ? 'config' : 'family';
  onPositions?.({ variant, by, name: by === 'name' ? published!.name : families[config.modelType] });
  return { ...config, positions: { ...config.positions, variant } };
}

function checkOptions(options: ConvertOptions): Chosen {
  const { precision, positions } = options;
  if (!importPrecisions.includes(precision))
    throw badArgument('precision', `one of ${importPrecisions.join(', ')}`, precision);
  if (positions !== undefined && !positionVariants.includes(positions))
    throw badArgument('positions', `one of ${positionVariants.join(', ')}`, positions);
  return { ...options, ...checkIdentity(options), precision, positions };
}

function planGraphs(
  config: CheckpointConfig,
  weights: WeightSource,
  precision: Precision,
): [string, PlannedGraph][] {
  const decoder = buildDecoderGraph(config.decoder, weights, {
    precision,
    eightBits: 'rows',
    externalData: 'decoder.onnx.data',
    cache: 'shared',
  });
  // A tied output matrix is the embedding: where both have the same type, one copy serves both graphs.
  const shared = config.decoder.tied ? decoder.plan.place(lmHeadName(config.decoder)) : undefined;
  const embedding = buildEmbeddingGraph(
    config.decoder,
    weights,
    { precision, externalData: 'embed.onnx.data' },
    shared,
  );
  // 4 bits cost the vision encoder more than they save: it is a tenth of the weights.
  const vision = buildVisionGraph(config.vision, weights, {
    precision: precision === 'int4' ? 'int8' : precision,
    eightBits: precision === 'int8' ? 'rows' : 'blocks',
    externalData: 'vision.onnx.data',
  });
  return [
    ['vision.onnx', vision],
    ['embed.onnx', embedding],
    ['decoder.onnx', decoder],
  ];
}

async function writeAll(
  folder: string,
  graphs: readonly [string, PlannedGraph][],
  { source, signal, onProgress }: Chosen,
  bytes: number,
): Promise<WrittenFile[]> {
  const writing = new ByteProgress('converting weights', bytes, [0, 0.85], onProgress);
  const files: WrittenFile[] = [];
  for (const [name, graph] of graphs) {
    writing.subject = name;
    files.push(...(await graph.write(folder, name, { signal, onBytes: (count) => writing.add(count) })));
  }
  files.push(await copyInto(folder, 'tokenizer.json', join(source, 'tokenizer.json'), { signal }));
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const checking = new ByteProgress('checking what was written', total, [0.85, 1], onProgress);
  await verifyFiles(folder, files, { signal, onBytes: (count) => checking.add(count) });
  return files;
}

function describeBundle(
  { id, name, source, precision }: Chosen,
  { modelType, decoder, vision, positions, maxContext, dtype }: CheckpointConfig,
  preprocessor: Preprocessor,
): Omit<BundleManifest, 'files' | 'tokens'> {
  return {
    format: 1,
    id,
    name,
    architecture: families[modelType],
    precision,
    can: ['read'],
    decoder: {
      graph: 'decoder.onnx',
      embeddingGraph: 'embed.onnx',
      hiddenSize: decoder.hiddenSize,
      layers: decoder.layers,
      heads: decoder.heads,
      kvHeads: decoder.kvHeads,
      headDim: decoder.headDim,
      vocabSize: decoder.vocabSize,
      cacheType: activationType(precision),
      positions: {
        ...positions,
        // HoPE's recipe draws gamma from these (the paper's section on dynamic temporal scaling).
        trainedGammas: positions.variant === 'hope' ? [...usualGammas] : [],
      },
      ...(decoder.deepstack === undefined ? {} : { deepstack: decoder.deepstack }),
      maxContext,
    },
    vision: {
      graph: 'vision.onnx',
      headDim: vision.embedSize / vision.heads,
      patchSize: vision.patchSize,
      temporalPatchSize: vision.temporalPatchSize,
      mergeSize: vision.mergeSize,
      ...(vision.windows ? { windowSize: vision.windows.size } : {}),
      ...(vision.positionGrid === undefined ? {} : { positionGrid: vision.positionGrid }),
      ...preprocessor,
    },
    licence: 'as the checkpoint states it',
    provenance: `converted from the Hugging Face folder ${JSON.stringify(basename(source))}${dtype ? ` (${dtype})` : ''}`,
  };
}
