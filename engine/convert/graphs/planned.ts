import type { GraphBuilder } from '../onnx/graph.ts';
import type { WriteOptions, WrittenFile } from '../output/files.ts';
import { writeStream } from '../output/files.ts';
import type { WeightPlan } from '../weights/plan.ts';

/** A graph whose weights have their places but have not been read yet. */
export class PlannedGraph {
  readonly graph: GraphBuilder;
  readonly plan: WeightPlan;

  constructor(graph: GraphBuilder, plan: WeightPlan) {
    this.graph = graph;
    this.plan = plan;
  }

  /**
   * The whole model as the bytes of one .onnx file, weights included.
   * @throws Error when the graph was built with external data.
   */
  async encode(): Promise<Uint8Array> {
    if (this.plan.location !== undefined)
      throw new Error(`the weights belong in ${this.plan.location}: stream them there`);
    return this.#encoded();
  }

  /** Writes the graph and, where it has external data, the file that holds its weights. */
  async write(folder: string, name: string, options: WriteOptions = {}): Promise<WrittenFile[]> {
    const { location, bytes } = this.plan;
    if (location === undefined || bytes === 0)
      return [await writeStream(folder, name, [await this.#encoded()], options)];
    const data = await writeStream(folder, location, this.plan.stream(), options);
    return [await writeStream(folder, name, [this.graph.encode()], options), data];
  }

  async #encoded(): Promise<Uint8Array> {
    for await (const _ of this.plan.stream());
    return this.graph.encode();
  }
}
