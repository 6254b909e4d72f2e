import { Tensor } from '../../onnxruntime/index.ts';
import type { GraphSession } from '../../inference/runtime/session.ts';
import { lineHeight, type Crop } from './crop.ts';
import { spell, type Spelled } from './ctc.ts';

/** PP-OCR's recogniser (SVTR-LCNet with a CTC head). */
export class LineRecogniser {
  readonly #graph: GraphSession;
  readonly #letters: readonly string[];

  /** @param letters of the net's classes from 1 on, the space last */
  constructor(graph: GraphSession, letters: readonly string[]) {
    this.#graph = graph;
    this.#letters = letters;
  }

  /** Reads one line; several in a batch take as long as one after the other. @throws ProviderFailure. */
  async read({ planes, width }: Crop): Promise<Spelled> {
    const outputs = await this.#graph.run({ x: new Tensor('float32', planes, [1, 3, lineHeight, width]) });
    const [output] = Object.values(outputs);
    return spell(output.data as Float32Array, this.#letters);
  }
}
