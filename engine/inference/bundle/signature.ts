import type { GraphSession, Port } from '../runtime/session.ts';
import { badBundle } from './manifest.ts';

/** Expected dimensions: a number, or undefined where any will do. */
export type ExpectedPorts = Readonly<Record<string, readonly (number | undefined)[]>>;

/**
 * Checks that a graph has the inputs and outputs that the manifest makes it have, before anything runs.
 * @throws LongviewError `bad-bundle` that names the first one that is missing or has another shape.
 */
export function checkSignature(
  folder: string,
  graph: string,
  session: GraphSession,
  expected: { inputs: ExpectedPorts; outputs: ExpectedPorts },
): void {
  for (const side of ['inputs', 'outputs'] as const) {
    for (const [name, dims] of Object.entries(expected[side])) {
      const port = session[side].get(name);
      const what = `${graph}: the ${side === 'inputs' ? 'input' : 'output'} ${name}`;
      if (!port) throw badBundle(folder, `${what} is missing`);
      if (!fits(port, dims)) {
        const [is, should] = [port.dims, dims].map((d) => `[${d.map((size) => size ?? '?').join(', ')}]`);
        throw badBundle(folder, `${what} is ${is} where bundle.json makes it ${should}`);
      }
    }
  }
}

function fits(port: Port, dims: readonly (number | undefined)[]): boolean {
  return (
    port.dims.length === dims.length &&
    dims.every((size, axis) => {
      const declared = port.dims[axis];
      return size === undefined || declared === undefined || declared === size;
    })
  );
}
