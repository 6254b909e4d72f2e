import type { DetectedObject, Letterbox, RgbFrame } from '../core/frames.ts';
import type { Calibration, QueryDialect, TrainedVocabulary } from '../protocol/calibration.ts';

/** What the frame encoder made of one temporal patch (two frames). */
export interface PatchAnalysis {
  /** The objects of each of the two frames, best first. */
  objects: DetectedObject[][];
  /** Visual tokens for the decoder, [tokensPerPatch, hiddenSize], token order row by row. */
  tokens: Float32Array;
  /** The temporal patch in the space that it shares with words: [embeddingSize], unit length. */
  embedding: Float32Array;
}

/** A bundle's frame encoder: one run a frame gives objects, visual tokens and an embedding. */
export interface FrameEncoder {
  readonly width: number;
  readonly height: number;
  readonly framesPerPatch: 2;
  /** [rows, columns] of visual tokens of one temporal patch. */
  readonly grid: readonly [number, number];
  readonly hiddenSize: number;
  readonly embeddingSize: number;
  /** How many temporal patches one call should bring for the best speed. */
  readonly batchPatches: number;
  /** How many calls of `analyse` are worked on at once; one where absent. */
  readonly atOnce?: number;
  /**
   * Looks at temporal patches, each of two frames in time order.
   * @throws LongviewError `cancelled` when the signal is aborted.
   */
  analyse(
    patches: readonly (readonly [RgbFrame, RgbFrame])[],
    letterbox: Letterbox,
    signal?: AbortSignal,
  ): Promise<PatchAnalysis[]>;
}

/** Turns words into the space that they share with temporal patches. */
export interface TextEmbedder {
  readonly embeddingSize: number;
  /** @returns one unit vector [embeddingSize] per text. */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
}

/** Part of a prompt: words, or temporal patches as their visual tokens. */
export type PromptPart =
  | { kind: 'text'; text: string }
  | {
      kind: 'video';
      /**
       * Visual tokens of each temporal patch in time order, each [rows * columns, hiddenSize] (times 1 + layers for a
       * decoder with DeepStack).
       */
      patches: readonly Float32Array[];
      grid: readonly [number, number];
      /** When each temporal patch is, in seconds: what encodings of absolute time and prompts with times go by. */
      times?: readonly number[];
    };

/** What to generate from. */
export interface DecodeRequest {
  /** The conversation between the bundle's own chat markers. */
  parts: readonly PromptPart[];
  gamma: number;
  maxNewTokens?: number;
  /** 0 (default) is greedy. */
  temperature?: number;
  topP?: number;
  seed?: number;
  signal?: AbortSignal;
  /** Called with each piece of text as it is generated. */
  onText?: (piece: string) => void;
  /** Called as the prompt is read, with the tokens read so far (those of a reused prefix included). */
  onRead?: (tokens: number) => void;
}

/** What came out, and what it cost. */
export interface DecodeResult {
  text: string;
  /** Mean probability of the generated tokens, 0 to 1. */
  confidence: number;
  /** Tokens of the prompt, visual ones included. */
  promptTokens: number;
  tokens: number;
  prefillMs: number;
  decodeMs: number;
  /** The generated token ids, without the stop token. */
  tokenIds?: readonly number[];
  /** Tokens of the prompt that needn't be read because an earlier question had the same beginning. */
  reusedTokens?: number;
}

/** A bundle's decoder: reads visual tokens and words, writes words. */
export interface Decoder {
  readonly variant: string;
  /** Temporal patches that the model can be trusted with, from training. */
  readonly trainedPatches: number;
  /** Tokens at most that are written beside each temporal patch, its time as text; none where absent. */
  readonly wordsPerPatch?: number;
  /** Generates an answer. @throws LongviewError `context-too-long`, `cancelled`, `bad-argument`. */
  read(request: DecodeRequest): Promise<DecodeResult>;
  /** The longest context, in tokens, that can be read now: what the model declares and memory allows. */
  longestContext?(): Promise<number>;
  /**
   * Teacher-forced log-probabilities (natural, summed over tokens) of each given answer, in their order,
   * and whether every answer token was the argmax.
   */
  score(
    request: Omit<DecodeRequest, 'maxNewTokens' | 'temperature' | 'topP' | 'seed' | 'onText'>,
    answers: readonly string[],
  ): Promise<{ logProbability: number; exact: boolean }[]>;
  /** Tokens of a prompt, visual ones included. */
  countTokens?(parts: readonly PromptPart[]): Promise<number>;
}

/** A checkpoint's own vision encoder: pictures in, visual tokens for its decoder out. */
export interface VisionEncoder {
  /** Frames of one temporal patch. */
  readonly framesPerPatch: number;
  readonly hiddenSize: number;
  /** Rows and columns of visual tokens that frames of a size (in pixels) become. */
  gridFor(size: { width: number; height: number }): [number, number];
  /**
   * Looks at frames of one size, in time order, RGB [height, width, 3] each; a single one is an image.
   * @throws LongviewError `bad-argument`, `cancelled`, `bad-bundle`.
   */
  encode(
    frames: readonly { width: number; height: number; pixels: Uint8Array }[],
    options?: { signal?: AbortSignal },
  ): Promise<PromptPart & { kind: 'video' }>;
}

/** A loaded bundle: the parts that it has. Dispose it to free its sessions. */
export interface Model extends AsyncDisposable {
  readonly id: string;
  /** Changes whenever the bundle's content changes; keys the caches. */
  readonly fingerprint: string;
  readonly frameEncoder: FrameEncoder | undefined;
  readonly text: TextEmbedder | undefined;
  readonly decoder: Decoder | undefined;
  /** Absent in bundles whose visual tokens come from their frame encoder. */
  readonly vision?: VisionEncoder | undefined;
  /** What its scores mean, as the bundle says; see search/calibration.ts for what is taken where it doesn't. */
  readonly calibration?: Calibration | undefined;
  /** How queries are worded before they are compared with its pictures. */
  readonly queries?: QueryDialect | undefined;
  /** What its decoder and its embedding were taught words for. */
  readonly vocabulary?: TrainedVocabulary | undefined;
}
