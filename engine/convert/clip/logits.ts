import { join } from 'node:path';
import type { Calibration } from '../../protocol/calibration.ts';
import { openWeights, type CheckpointWeights } from '../checkpoint/weights.ts';
import { exists } from '../checkpoint/folder.ts';
import { readScalars } from '../onnx/inspect.ts';
import type { ClipKind } from './config.ts';

/** Where a pair keeps the scale and the bias that make a logit of a cosine, whatever stands before the name. */
const names = { scale: 'logit_scale', bias: 'logit_bias' } as const;

/** A scale or a bias beyond these is none that training ends at. */
const plausible = { scale: [1, 1000], bias: [-100, 100] } as const;

/**
 * What a SigLIP pair's own sigmoid makes of a cosine: P = logistic(exp(scale) * cosine + bias), Zhai et al.
 * (arXiv:2303.15343), read from the checkpoint's weights beside the graphs, or from a graph of both towers. CLIP's softmax has
 * a scale and no bias: it tells which text fits best and not whether one fits.
 * @returns undefined where the export holds no such numbers, or impossible ones
 */
export async function sceneOfPair(source: string, kind: ClipKind): Promise<Calibration['scene']> {
  if (kind !== 'siglip') return undefined;
  const { scale, bias } = (await found(fromWeights, source)) ?? (await found(fromGraph, source)) ?? {};
  if (scale === undefined || bias === undefined) return undefined;
  const similarity = Math.exp(scale);
  if (!within(similarity, plausible.scale) || !within(bias, plausible.bias)) return undefined;
  return { similarity, standout: 0, bias };
}

/** What lies beside the graphs is not the model: where it can't be read, the pair goes without. */
function found(
  read: (source: string) => Promise<Logits | undefined>,
  source: string,
): Promise<Logits | undefined> {
  return read(source).catch(() => undefined);
}

interface Logits {
  scale: number;
  bias: number;
}

function within(value: number, [least, most]: readonly [number, number]): boolean {
  return value >= least && value <= most;
}

async function fromWeights(source: string): Promise<Logits | undefined> {
  const files = ['model.safetensors', 'model.safetensors.index.json'];
  const there = await Promise.all(files.map((name) => exists(join(source, name))));
  if (!there.includes(true)) return undefined;
  const weights = await openWeights(source);
  try {
    const scale = await scalar(weights, names.scale);
    const bias = await scalar(weights, names.bias);
    return scale === undefined || bias === undefined ? undefined : { scale, bias };
  } finally {
    await weights[Symbol.asyncDispose]();
  }
}

async function scalar(weights: CheckpointWeights, name: string): Promise<number | undefined> {
  const found = weights.names().find((one) => one === name || one.endsWith(`.${name}`));
  if (found === undefined) return undefined;
  const shape = weights.shape(found) ?? [];
  if (shape.reduce((all, size) => all * size, 1) !== 1) return undefined;
  const into = new Float32Array(1);
  await weights.read(found, 0, into);
  return into[0];
}

/** Exporters that put both towers into one graph leave them there as constants of those names. */
async function fromGraph(source: string): Promise<Logits | undefined> {
  for (const path of [join(source, 'model.onnx'), join(source, 'onnx', 'model.onnx')]) {
    if (!(await exists(path))) continue;
    const found = await readScalars(path, Object.values(names));
    const [scale, bias] = [found.get(names.scale), found.get(names.bias)];
    if (scale !== undefined && bias !== undefined) return { scale, bias };
  }
  return undefined;
}
