import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { allocateFrequencies } from '../../hope/index.ts';
import { bundleSchema, type BundleManifest } from '../../protocol/bundle.ts';
import { LongviewError } from '../../protocol/errors.ts';

/** A bundle's manifest, read and checked; none of its other files were touched. */
export interface ReadManifest {
  manifest: BundleManifest;
  /**
   * Changes whenever the content does (the manifest holds every file's sha256), or what is said of it that matters to an
   * index; not with how it is called, licensed or where it is from, nor with what its scores are taken to mean.
   */
  fingerprint: string;
  /** Changes with how queries are worded and what scores are taken to mean: answers depend on it, indexes don't. */
  reading: string;
}

/** A `bad-bundle` error: which bundle, and why it was refused. */
export function badBundle(
  folder: string,
  reason: string,
  options: { remedy?: string; cause?: unknown } = {},
): LongviewError {
  return new LongviewError(
    'bad-bundle',
    `The model bundle ${basename(folder)} was refused: ${reason}.`,
    options.remedy ?? 'Install or import the model again.',
    { cause: options.cause, details: { folder, reason } },
  );
}

/**
 * Reads and checks `bundle.json`. Loads no runtime and no weights, so it is cheap enough for listing models.
 * @throws LongviewError `bad-bundle` with the reason.
 */
export async function readManifest(folder: string): Promise<ReadManifest> {
  let text: string;
  try {
    text = await readFile(join(folder, 'bundle.json'), 'utf8');
  } catch (cause) {
    throw badBundle(folder, 'it has no readable bundle.json', { cause });
  }
  const manifest = parseManifest(folder, text);
  return { manifest, ...fingerprintsOf(manifest) };
}

function fingerprintsOf(manifest: BundleManifest): Pick<ReadManifest, 'fingerprint' | 'reading'> {
  const { calibration, queries, vocabulary, ...rest } = manifest;
  const content = { ...rest, name: '', licence: '', provenance: '' };
  return { fingerprint: digest(content), reading: digest({ calibration, queries, vocabulary }) };
}

function digest(content: object): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}

function parseManifest(folder: string, text: string): BundleManifest {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw badBundle(folder, `bundle.json is not JSON (${(cause as Error).message})`, { cause });
  }
  const parsed = bundleSchema.safeParse(data);
  if (!parsed.success) {
    const reason = z.prettifyError(parsed.error).replaceAll(/\s+/g, ' ').replace(/^✖ /, '');
    throw badBundle(folder, `bundle.json: ${reason}`, { cause: parsed.error });
  }
  const wrong = contradictions(parsed.data)[0];
  if (wrong !== undefined) throw badBundle(folder, `bundle.json: ${wrong}`);
  return parsed.data;
}

/** What the schema can't say: parts that must be there together, and sizes that must fit each other. */
function contradictions(manifest: BundleManifest): string[] {
  return [
    ...missingParts(manifest),
    ...missingFiles(manifest),
    ...decoderContradictions(manifest),
    ...visionContradictions(manifest),
  ];
}

function missingParts({ can, decoder, tokens, eyes, text, clip }: BundleManifest): string[] {
  const wrong: string[] = [];
  if (can.includes('read') && !(decoder && tokens))
    wrong.push('it can "read", so it needs decoder and tokens');
  if (can.includes('embed') && !clip && !(eyes && text)) {
    wrong.push('it can "embed", so it needs eyes and text, or clip');
  }
  if (can.includes('detect') && !eyes) wrong.push('it can "detect", so it needs eyes');
  return wrong;
}

function missingFiles(manifest: BundleManifest): string[] {
  const { decoder, vision, eyes, text, clip } = manifest;
  const named = [
    decoder?.graph,
    decoder?.embeddingGraph,
    vision?.graph,
    eyes?.graph,
    eyes?.headGraph,
    text?.graph,
    clip?.visionGraph,
    clip?.textGraph,
    decoder || text || clip ? 'tokenizer.json' : undefined,
  ].filter((name) => name !== undefined);
  const listed = manifest.files.map((file) => file.path);
  const twice = listed.find((path, index) => listed.indexOf(path) !== index);
  return [
    ...named.filter((name) => !listed.includes(name)).map((name) => `files does not list ${name}`),
    ...(twice === undefined ? [] : [`files lists ${twice} twice`]),
  ];
}

/** Far above any model that this runs, far below what would exhaust memory before the graph is even looked at. */
const most = { hiddenSize: 65_536, vocabSize: 4_194_304, maxContext: 16_777_216 };

function decoderContradictions({ decoder, tokens, text }: BundleManifest): string[] {
  const wrong: string[] = [];
  if (text && text.headDim % 2 !== 0) wrong.push(`text.headDim ${text.headDim} is odd`);
  if (!decoder) return wrong;
  for (const [name, limit] of Object.entries(most) as [keyof typeof most, number][]) {
    if (decoder[name] > limit) wrong.push(`decoder.${name} ${decoder[name]} is absurd (more than ${limit})`);
  }
  const { heads, kvHeads, vocabSize } = decoder;
  if (decoder.deepstack !== undefined && decoder.deepstack > decoder.layers)
    wrong.push(`decoder.deepstack ${decoder.deepstack} is more than its ${decoder.layers} layers`);
  if (heads % kvHeads !== 0) wrong.push(`decoder.heads ${heads} is not a multiple of kvHeads ${kvHeads}`);
  wrong.push(...positionContradictions(decoder));
  const ids = tokens
    ? [...tokens.stop, tokens.visionStart, tokens.visionEnd, tokens.image, tokens.video]
    : [];
  const outside = ids.find((id) => id !== undefined && id >= vocabSize);
  if (outside !== undefined) wrong.push(`tokens: ${outside} is outside the vocabulary of ${vocabSize}`);
  return wrong;
}

/** What engine/hope wouldn't make tables of. */
function positionContradictions({ headDim, positions }: NonNullable<BundleManifest['decoder']>): string[] {
  const pairs = positions.sections.reduce((sum, size) => sum + size, 0);
  const half = (headDim * (positions.rotaryFraction ?? 1)) / 2;
  if (Number.isInteger(half) && pairs !== half) {
    const of = positions.rotaryFraction === undefined ? 'headDim / 2' : 'headDim x rotaryFraction / 2';
    return [`decoder.positions.sections sum to ${pairs}, not to ${of} = ${half}`];
  }
  try {
    allocateFrequencies({ ...positions, headDim });
    return [];
  } catch (error) {
    if (!(error instanceof LongviewError)) throw error;
    return [`decoder.positions: ${error.message}`];
  }
}

function visionContradictions({ vision, decoder, clip }: BundleManifest): string[] {
  const wrong: string[] = [];
  if (vision) {
    if (!decoder) wrong.push('vision needs a decoder');
    if (vision.headDim % 4 !== 0) wrong.push(`vision.headDim ${vision.headDim} is not a multiple of 4`);
    if (vision.minPixels > vision.maxPixels) {
      wrong.push(`vision.minPixels ${vision.minPixels} is more than maxPixels ${vision.maxPixels}`);
    }
    const cell = (vision.patchSize * vision.mergeSize) ** 2;
    if (vision.maxPixels < cell) {
      wrong.push(`vision.maxPixels ${vision.maxPixels} is less than one visual token's ${cell}`);
    }
  }
  if (clip && clip.resize === 'exact' && clip.cropSize) {
    const [height, width] = clip.cropSize;
    if (height > clip.imageSize[0] || width > clip.imageSize[1])
      wrong.push('clip.cropSize exceeds imageSize');
  }
  return wrong;
}
