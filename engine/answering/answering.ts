import { throwIfCancelled, LongviewError } from '../protocol/errors.ts';
import type { PatchTable } from '../library/patch-types.ts';
import type { IndexedVideo } from '../library/types.ts';
import type { Decoder, DecodeRequest, VisionEncoder } from '../inference/types.ts';
import { numbersOf, type ModelNumbers } from '../search/calibration.ts';
import type { TrainedVocabulary } from '../protocol/calibration.ts';
import type { PromptPrefixReuse } from '../search/prompt-prefix-reuse.ts';
import type { Answering, ModelHandle, SearchDeps } from '../search/types.ts';

/**
 * What reads: its decoder, the grid of its visual tokens, and where these come from where they aren't in the library.
 */
export interface Answerer {
  decoder: Decoder;
  grid: readonly [number, number];
  tokensOf?: TokensOf;
  earlier?: PromptPrefixReuse;
  /** What its decoder was taught; where absent, it may be asked about anything. */
  vocabulary?: TrainedVocabulary | undefined;
  /** How much its "yes" and "no" count. */
  numbers: ModelNumbers;
  /** True where it is given fewer temporal patches at once than it was trained with. */
  limited?: boolean;
}

/** Visual tokens of temporal patches of a video, each [rows * columns, hiddenSize]. */
export type TokensOf = (
  video: IndexedVideo,
  table: PatchTable,
  patches: readonly number[],
) => Promise<Float32Array[]>;

/** The bundle that reads. */
export const answeringModel = ({ answering, model }: SearchDeps): ModelHandle => answering?.model ?? model;

/** Frames for a checkpoint's own encoder: 144 tokens a temporal patch at Qwen2-VL's geometry, the paper's setting. */
const frame = { width: 448, height: 252 };
const typicalTokens = 144;
/** More temporal patches take minutes to read on a CPU, and moments are picked anyway. */
const mostPatches = 32;
/** Pictures that are decoded at once. */
const decodedAtOnce = 2;

/** Opens another bundle's decoder and vision encoder. @throws LongviewError `cannot-read`. */
export async function openAnswering(
  { model, framesAt, kept, earlier }: Answering,
  signal: AbortSignal | undefined,
): Promise<Answerer & { tokensOf: TokensOf }> {
  const opened = await model.open();
  const { decoder, vision, vocabulary, id } = opened;
  if (!decoder || !vision)
    throw new LongviewError(
      'cannot-read',
      `The model ${id} can't answer questions about footage: it has no decoder with a vision encoder`,
      'Choose a model that can "read"; "longview models" lists them.',
    );
  const grid = vision.gridFor(frame);
  const trained = Math.floor((decoder.trainedPatches * typicalTokens) / (grid[0] * grid[1]));
  return {
    decoder: plainly(decoder, Math.max(1, Math.min(mostPatches, trained))),
    grid,
    earlier,
    vocabulary,
    numbers: numbersOf(opened),
    limited: trained > mostPatches,
    async tokensOf(video, table, patches) {
      const key = (patch: number) => `${model.fingerprint} ${video.indexRun} ${patch}`;
      const known = new Map(patches.map((patch) => [patch, kept.get(key(patch))]));
      const missing = patches.filter((patch) => !known.get(patch));
      const looked = await look(vision, { video, table, patches: missing, framesAt, signal });
      missing.forEach((patch, index) => {
        known.set(patch, looked[index]);
        kept.set(key(patch), looked[index]);
      });
      return patches.map((patch) => known.get(patch)!);
    },
  };
}

interface Looked {
  video: IndexedVideo;
  table: PatchTable;
  patches: readonly number[];
  framesAt: Answering['framesAt'];
  signal: AbortSignal | undefined;
}

async function look(
  vision: VisionEncoder,
  { video, table, patches, framesAt, signal }: Looked,
): Promise<Float32Array[]> {
  const tokens: Float32Array[] = [];
  for (let first = 0; first < patches.length; first += decodedAtOnce) {
    throwIfCancelled(signal);
    const some = patches.slice(first, first + decodedAtOnce);
    const pictures = await Promise.all(
      some.map(async (patch) => {
        const [start, end] = [table.starts[patch], table.ends[patch]];
        const times = Array.from(
          { length: vision.framesPerPatch },
          (_, i) => start + ((end - start) * i) / vision.framesPerPatch,
        );
        const frames = await framesAt(video, times, frame, signal);
        return frames.map((pixels) => ({ ...frame, pixels }));
      }),
    );
    for (const frames of pictures) tokens.push(...(await vision.encode(frames, { signal })).patches);
  }
  return tokens;
}

/**
 * A decoder that was not taught our wording: it is asked for a yes or a no in so many words, and answers begin with no
 * space after its chat marker.
 */
function plainly(decoder: Decoder, trainedPatches: number): Decoder {
  return {
    variant: decoder.variant,
    trainedPatches,
    wordsPerPatch: decoder.wordsPerPatch,
    read: (request) => decoder.read(request),
    longestContext: decoder.longestContext && (() => decoder.longestContext!()),
    countTokens: decoder.countTokens && ((parts) => decoder.countTokens!(parts)),
    async score(request, answers) {
      const bare = answers.map((answer) => answer.trim());
      const chosen = () => decoder.score(asking(request, 'Answer yes or no.'), ['Yes', 'No']);
      if (bare.join(' ') === 'yes no') return chosen();
      if (!bare.every((answer) => answer === bare[0] && /^(?:yes|no)$/.test(answer)))
        return decoder.score(
          request,
          answers.map((answer) => answer.trimStart()),
        );
      // Whether it would say this: whether it thinks it more probable than the other.
      const [yes, no] = await chosen();
      const [said, other] = bare[0] === 'yes' ? [yes, no] : [no, yes];
      const { logProbability } = said;
      return answers.map(() => ({ logProbability, exact: logProbability > other.logProbability }));
    },
  };
}

function asking<R extends Pick<DecodeRequest, 'parts'>>(request: R, more: string): R {
  const last = request.parts.length - 1;
  const parts = request.parts.map((part, index) =>
    index === last && part.kind === 'text' ? { ...part, text: `${part.text} ${more}` } : part,
  );
  return { ...request, parts };
}
