import type { Precision } from './layers.ts';

/** The shape of a Qwen2 decoder. */
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
}

/** The shape of a Qwen2-VL vision encoder. */
export interface VisionConfig {
  /** Blocks. */
  depth: number;
  /** Width inside the encoder. */
  embedSize: number;
  /** Width of a block's MLP. */
  mlpSize: number;
  heads: number;
  /** `quick-gelu` is x * sigmoid(1.702 x). */
  activation: 'quick-gelu' | 'gelu';
  channels: number;
  patchSize: number;
  temporalPatchSize: number;
  mergeSize: number;
  /** Width of the visual tokens: the decoder's hidden size. */
  hiddenSize: number;
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
