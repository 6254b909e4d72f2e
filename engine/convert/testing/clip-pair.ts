import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphBuilder } from '../onnx/graph.ts';
import { writeJson } from './checkpoint.ts';
import { Random } from './random.ts';

/** Width of the tiny pair's space. */
export const tinyEmbeddingSize = 4;

const alphabet = ['<pad>', '<s>', '</s>', '<unk>', ...'abcdefghijklmnopqrstuvwxyz'];

/** How a tiny pair is laid out, right or wrong. */
export interface PairLayout {
  kind?: 'clip' | 'siglip';
  config?: object;
  preprocessor?: object;
  /** Side of the pictures that the vision graph takes. */
  side?: number;
  visionOutput?: string;
  textInput?: string;
  textSize?: number;
  /** Folder of the graphs below the source. */
  graphs?: string;
  /** File that the text graph's weights lie in, instead of the graph. */
  external?: string;
}

/** Makes a tiny random CLIP-class pair as exporters lay it out: one matrix product a side. */
export function writePair(folder: string, layout: PairLayout = {}): string {
  const { kind = 'clip', side = 8 } = layout;
  const graphs = join(folder, layout.graphs ?? '');
  mkdirSync(graphs, { recursive: true });
  writeJson(folder, 'config.json', {
    model_type: kind,
    ...(kind === 'clip' ? { projection_dim: tinyEmbeddingSize } : {}),
    text_config: { max_position_embeddings: 6, hidden_size: tinyEmbeddingSize },
    ...layout.config,
  });
  const size = kind === 'clip' ? { shortest_edge: side } : { height: side, width: side };
  const crop = kind === 'clip' ? { crop_size: { height: side, width: side }, do_center_crop: true } : {};
  writeJson(folder, 'preprocessor_config.json', { size, ...crop, ...layout.preprocessor });
  writeJson(folder, 'tokenizer.json', tinyPairTokenizer());
  writeJson(folder, 'tokenizer_config.json', { pad_token: '</s>' });
  const pooled = kind === 'siglip' ? 'pooler_output' : undefined;
  const visionOutput = layout.visionOutput ?? pooled ?? 'image_embeds';
  writeFileSync(join(graphs, 'vision_model.onnx'), visionGraph(side, visionOutput));
  writeTextGraph(graphs, pooled ?? 'text_embeds', layout);
  return folder;
}

function visionGraph(side: number, output: string): Uint8Array {
  const graph = new GraphBuilder('vision');
  const pixels = graph.input('pixel_values', 'float32', ['batch', 3, side, side]);
  const count = 3 * side * side;
  const matrix = graph.values(
    'float32',
    [count, tinyEmbeddingSize],
    new Random(11).normal(count * tinyEmbeddingSize, 0.1),
  );
  const flat = graph.node('Flatten', [pixels]);
  graph.nodes('MatMul', [flat, matrix], [output]);
  graph.output(output, 'float32', ['batch', tinyEmbeddingSize]);
  return graph.encode();
}

function writeTextGraph(folder: string, output: string, layout: PairLayout): void {
  const size = layout.textSize ?? tinyEmbeddingSize;
  const graph = new GraphBuilder('text');
  const ids = graph.input(layout.textInput ?? 'input_ids', 'int64', ['batch', 'sequence']);
  const rows = new Random(12).normal(alphabet.length * size, 1);
  const bytes = new Uint8Array(rows.buffer);
  const data = layout.external ? { location: layout.external, offset: 0, length: bytes.byteLength } : bytes;
  const table = graph.constant('table', 'float32', [alphabet.length, size], data);
  graph.nodes('ReduceMean', [graph.node('Gather', [table, ids])], [output], { axes: [1], keepdims: 0 });
  graph.output(output, 'float32', ['batch', size]);
  writeFileSync(join(folder, 'text_model.onnx'), graph.encode());
  if (layout.external && !layout.external.includes('..')) writeFileSync(join(folder, layout.external), bytes);
}

/** A tokenizer of single letters that puts `<s>` and `</s>` around a text. */
function tinyPairTokenizer(): object {
  const special = alphabet.slice(0, 4).map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  return {
    version: '1.0',
    added_tokens: special,
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '<s>', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '</s>', type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] },
        '</s>': { id: '</s>', ids: [2], tokens: ['</s>'] },
      },
    },
    decoder: null,
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(alphabet.map((token, id) => [token, id])),
      merges: [],
      unk_token: '<unk>',
    },
  };
}
