import type { Precision } from './layers.ts';

/** The shape of a Qwen2 or Qwen3 decoder. */
export interface DecoderConfig {
  hiddenSize: number;
  intermediateSize: number;
  layers: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  vocabSize: number;
  rmsNormEps: number;
  /** The output matrix is the token embedding itself (there is no lm_head.weight). */
  tied: boolean;
  /** Qwen3: queries and keys have no bias and are normalised head by head. */
  headNorm?: boolean;
  /** How many of a head's channels turn; all of them where absent. */
  rotaryDim?: number;
  /** Layers, from the first, after which visual features are added (DeepStack): the graph then has the input `deepstack`. */
  deepstack?: number;
}

/** The model families whose vision encoders are built; docs/engine.md says how they differ. */
export type VisionLayout = 'qwen2-vl' | 'qwen2.5-vl' | 'qwen3-vl';

/** The shape of a vision encoder of Qwen2-VL or its successors. */
export interface VisionConfig {
  /** Whose layers these are; Qwen2-VL's where absent. */
  layout?: VisionLayout;
  /** Blocks. */
  depth: number;
  /** Width inside the encoder. */
  embedSize: number;
  /** Width of a block's MLP. */
  mlpSize: number;
  heads: number;
  /** `quick-gelu` is x * sigmoid(1.702 x), `silu` x * sigmoid(x), `gelu-tanh` the approximation by tanh. */
  activation: 'quick-gelu' | 'gelu' | 'gelu-tanh' | 'silu';
  channels: number;
  patchSize: number;
  temporalPatchSize: number;
  mergeSize: number;
  /** Width of the visual tokens: the decoder's hidden size. */
  hiddenSize: number;
  /** Attention's windows (Qwen2.5-VL): their side in visual tokens, and the blocks that see the whole picture. */
  windows?: { size: number; fullBlocks: readonly number[] };
  /** Side of the square grid of learned positions (Qwen3-VL). */
  positionGrid?: number;
  /** Blocks after which features are taken for the decoder's first layers (Qwen3-VL's DeepStack). */
  deepstackBlocks?: readonly number[];
}

/** How a graph is written. */
export interface GraphOptions {
  precision: Precision;
  /** Name of the file beside the graph that will hold the weights; left out, they go into the graph itself. */
  externalData?: string;
  /**
   * How int8 matrices are quantised. `blocks` (default): 32 weights share a scale, which keeps most. `rows`: a whole row
   * shares one, after a rotation, which is several times as fast to read a prompt with; for CPUs.
   */
  eightBits?: 'blocks' | 'rows';
  /** At fp32: matrices are stored in 16 bits all the same and computed with in 32, for small graphs that bytes cost much. */
  halfStored?: boolean | undefined;
}
