import { basename } from 'node:path';
import * as ort from '../../../engine/onnxruntime/index.ts';
import { badCheckpoint, Problems } from '../checkpoint/problems.ts';
import { elementTypes } from '../onnx/graph.ts';
import type { DeclaredValue, GraphDeclaration } from '../onnx/inspect.ts';
import { inspectGraph } from '../onnx/inspect.ts';
import type { ClipKind } from './config.ts';

/** The outputs that hold a pair's vectors, as transformers' exporters call them. */
export const pairOutputs: Record<ClipKind, { vision: string; text: string }> = {
  clip: { vision: 'image_embeds', text: 'text_embeds' },
  siglip: { vision: 'pooler_output', text: 'pooler_output' },
};

/**
 * Reads what a graph file declares.
 * @throws LongviewError `bad-checkpoint` when it is damaged or names weights outside its folder.
 */
export async function readGraph(path: string): Promise<GraphDeclaration> {
  const name = basename(path);
  const declaration = await inspectGraph(path).catch((cause: unknown) => {
    throw badCheckpoint(`${name} can't be read: ${(cause as Error).message}.`, { file: name }, cause);
  });
  for (const file of declaration.externalFiles)
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(file))
      throw badCheckpoint(`${name} names weights in ${JSON.stringify(file)}, outside its folder.`);
  return declaration;
}

/** What a pair's graphs must fit to. */
export interface PairShape {
  kind: ClipKind;
  /** [height, width] of prepared pictures, where they all have one size. */
  imageSize: [number, number] | undefined;
  embeddingSize: number | undefined;
  maxTokens: number;
}

/**
 * Compares the graphs' declared inputs and outputs with what a pair of that kind has.
 * @throws LongviewError `bad-checkpoint` naming every difference.
 */
export function checkDeclarations(vision: GraphDeclaration, text: GraphDeclaration, shape: PairShape): void {
  const problems = new Problems('The pair');
  const outputs = pairOutputs[shape.kind];
  const [height, width] = shape.imageSize ?? [undefined, undefined];
  checkInputs(problems, 'vision_model.onnx', vision.inputs, {
    pixel_values: { type: elementTypes.float32, shape: [undefined, 3, height, width] },
  });
  const tokens = { type: elementTypes.int64, shape: [undefined, undefined] };
  checkInputs(problems, 'text_model.onnx', text.inputs, { input_ids: tokens }, { attention_mask: tokens });
  checkOutput(problems, 'vision_model.onnx', vision.outputs, outputs.vision, shape.embeddingSize);
  checkOutput(problems, 'text_model.onnx', text.outputs, outputs.text, shape.embeddingSize);
  problems.throwIfAny();
}

type Expected = Record<string, { type: number; shape: (number | undefined)[] }>;

function checkInputs(
  problems: Problems,
  file: string,
  inputs: readonly DeclaredValue[],
  required: Expected,
  optional: Expected = {},
): void {
  const known = { ...required, ...optional };
  for (const name of Object.keys(required))
    if (!inputs.some((input) => input.name === name)) problems.add(`${file} has no input ${name}`);
  for (const input of inputs) {
    const expected = Object.hasOwn(known, input.name) ? known[input.name] : undefined;
    if (expected === undefined) problems.add(`${file} wants an input ${input.name}, which is unknown`);
    else if (input.type !== expected.type)
      problems.add(`${file}: input ${input.name} has type ${typeName(input.type)}`);
    else if (!fits(input.shape, expected.shape))
      problems.add(
        `${file}: input ${input.name} is ${show(input.shape)} where ${show(expected.shape)} comes`,
      );
  }
}

function checkOutput(
  problems: Problems,
  file: string,
  outputs: readonly DeclaredValue[],
  name: string,
  size: number | undefined,
): void {
  const output = outputs.find((candidate) => candidate.name === name);
  if (output === undefined)
    problems.add(`${file} has no output ${name} (it has ${outputs.map((one) => one.name).join(', ')})`);
  else if (output.type !== elementTypes.float32)
    problems.add(`${file}: output ${name} has type ${typeName(output.type)}`);
  else if (output.shape.length > 0 && !fits(output.shape, [undefined, size]))
    problems.add(
      `${file}: output ${name} is ${show(output.shape)} where ${show([undefined, size])} is needed`,
    );
}

/** Free sizes fit anything. */
function fits(shape: readonly (number | undefined)[], expected: readonly (number | undefined)[]): boolean {
  return (
    shape.length === expected.length &&
    shape.every((size, axis) => size === undefined || (expected[axis] ?? size) === size)
  );
}

function show(shape: readonly (number | undefined)[]): string {
  return `[${shape.map((size) => size ?? '?').join(', ')}]`;
}

function typeName(type: number): string {
  return Object.entries(elementTypes).find(([, number]) => number === type)?.[0] ?? `number ${type}`;
}

/**
 * Runs a graph once.
 * @returns the size of its vectors.
 * @throws LongviewError `bad-checkpoint` when it doesn't load, doesn't run or gives no vector.
 */
export async function tryGraph(
  path: string,
  feeds: Record<string, ort.Tensor>,
  output: string,
): Promise<number> {
  const name = basename(path);
  const failed = (reason: string, cause?: unknown) =>
    badCheckpoint(`${name} ${reason}.`, { file: name }, cause);
  const session = await ort.InferenceSession.create(path, { logSeverityLevel: 3 }).catch((cause: unknown) => {
    throw failed(`can't be loaded: ${(cause as Error).message}`, cause);
  });
  try {
    const used = Object.fromEntries(session.inputNames.map((input) => [input, feeds[input]]));
    const results = await session.run(used, [output]).catch((cause: unknown) => {
      throw failed(`doesn't run: ${(cause as Error).message}`, cause);
    });
    const { dims, data } = results[output];
    if (dims.length !== 2 || dims[0] !== 1) throw failed(`gives ${output} as [${dims.join(', ')}]`);
    if (!(data as Float32Array).every(Number.isFinite)) throw failed(`gives ${output} that is no number`);
    return dims[1];
  } finally {
    await session.release();
  }
}
