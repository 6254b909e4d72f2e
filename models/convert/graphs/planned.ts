import type { GraphBuilder } from '../onnx/graph.ts';
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
    for await (const _ of this.plan.stream());
    return this.graph.encode();
  }
}
