import './float16.ts';
import { InferenceSession, type Tensor } from '../../onnxruntime/index.ts';
import { basename } from 'node:path';
import { bytesSaturate } from './byte-products.ts';
import { graphOutputNames } from '../bundle/onnx-file.ts';
import type { ProviderName } from './provider-names.ts';

/** Named tensors, as a run takes and gives them. */
export type Tensors = Record<string, Tensor>;

/** A provider couldn't open a graph or run it: not a user's mistake, and another provider may well manage. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure';
  readonly provider: ProviderName;
  readonly outOfMemory: boolean;

  constructor(provider: ProviderName, doing: string, cause: unknown) {
    const reason = firstLine(cause);
    super(`${provider} could not ${doing}: ${reason}`, { cause });
    this.provider = provider;
    this.outOfMemory = /alloc|memory|bad_alloc|oom/iu.test(reason);
  }
}

/** How a graph is opened. */
export interface SessionOptions {
  provider: ProviderName;
  /** Threads within an operator; 0 or absent: as many as the runtime thinks right. */
  threads?: number;
  /**
   * Leaves weights that lie outside the graph where they are, mapped from their file. By default the runtime copies
   * matrices into its kernels' own order: products of quantised ones need that (they are slow without), those of
   * float32 ones lose 5 % of prefill's speed.
   */
  mapWeights?: boolean;
  /** Outputs that stay on the device where the provider can leave them there; asked for a file's outputs only. */
  deviceOutputs?: (name: string) => boolean;
}

/** What a graph declares about one input or output; free dimensions are undefined. */
export interface Port {
  name: string;
  type: string;
  dims: readonly (number | undefined)[];
}

/** One ONNX graph, opened on one execution provider. */
export class GraphSession implements AsyncDisposable {
  readonly provider: ProviderName;
  readonly inputs: ReadonlyMap<string, Port>;
  readonly outputs: ReadonlyMap<string, Port>;
  readonly #session: InferenceSession;
  readonly #label: string;
  readonly #onDevice: boolean;
  #running: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  private constructor(session: InferenceSession, provider: ProviderName, label: string, onDevice: boolean) {
    this.#session = session;
    this.#label = label;
    this.#onDevice = onDevice;
    this.provider = provider;
    this.inputs = ports(session.inputMetadata);
    this.outputs = ports(session.outputMetadata);
  }

  /**
   * @param graph a file, or a graph's bytes.
   * @throws ProviderFailure when the provider can't open it.
   */
  static async open(graph: string | Uint8Array, options: SessionOptions): Promise<GraphSession> {
    const label = typeof graph === 'string' ? basename(graph) : 'graph';
    try {
      const onDevice = await namesOnDevice(graph, options);
      const settings = { ...(await sessionSettings(options)), ...locations(onDevice) };
      const session =
        typeof graph === 'string'
          ? await InferenceSession.create(graph, settings)
          : await InferenceSession.create(graph, settings);
      return new GraphSession(session, options.provider, label, onDevice.length > 0);
    } catch (cause) {
      throw new ProviderFailure(options.provider, `open ${label}`, cause);
    }
  }

  /**
   * Runs the graph; runs of one session follow each other.
   * @param fetches names of the outputs wanted; every fetched output is copied to JavaScript, so fetch few.
   * @throws ProviderFailure.
   */
  async run(feeds: Tensors, fetches?: readonly string[]): Promise<Tensors> {
    if (this.#closed) throw new Error(`the session of ${this.#label} is closed`);
    const wanted = fetches ?? [...this.outputs.keys()];
    // onnxruntime-node 1.30 takes the n-th fetched output's location for the n-th declared one's: all or none.
    const asked = this.#onDevice ? [...this.outputs.keys()] : wanted;
    const result = this.#running.then(() => this.#session.run(feeds, asked));
    this.#running = result.catch(() => undefined);
    try {
      const outputs = await result;
      for (const name of asked) if (!wanted.includes(name)) outputs[name]?.dispose();
      return outputs;
    } catch (cause) {
      throw new ProviderFailure(this.provider, `run ${this.#label}`, cause);
    }
  }

  /** Waits for the run under way and frees the graph. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#running.then(() => this.#session.release());
    await this.#closed;
  }
}

/** What the runtime is told when it opens a graph. */
export async function sessionSettings(options: SessionOptions): Promise<InferenceSession.SessionOptions> {
  const { provider, threads, mapWeights } = options;
  const saturating = provider === 'cpu' && (await bytesSaturate());
  return {
    // Alone: beside another, a provider that is missing would be left out without a word. The CPU takes the operators
    // that a provider lacks either way.
    executionProviders: [provider],
    ...(threads ? { intraOpNumThreads: threads } : {}),
    logSeverityLevel: 3,
    extra: {
      session: {
        // Threads that wait for the next run must not keep the machine busy.
        force_spinning_stop: '1',
        // Turns 8-bit weights into unsigned ones: exact everywhere, and several times as slow where it isn't needed.
        ...(saturating ? { x64quantprecision: '1' } : {}),
        ...(mapWeights ? { disable_prepacking: '1' } : {}),
      },
    },
  };
}

/** Of the bundled providers only WebGPU hands tensors back and forth without copying them to the CPU. */
async function namesOnDevice(
  graph: string | Uint8Array,
  { provider, deviceOutputs }: SessionOptions,
): Promise<string[]> {
  if (provider !== 'webgpu' || !deviceOutputs || typeof graph !== 'string') return [];
  return (await graphOutputNames(graph)).filter(deviceOutputs);
}

function locations(onDevice: readonly string[]): InferenceSession.SessionOptions {
  if (onDevice.length === 0) return {};
  return {
    preferredOutputLocation: Object.fromEntries(onDevice.map((name) => [name, 'gpu-buffer'] as const)),
  };
}

function ports(metadata: readonly InferenceSession.ValueMetadata[]): Map<string, Port> {
  return new Map(
    metadata.map((value) => [
      value.name,
      {
        name: value.name,
        type: value.isTensor ? value.type : 'other',
        dims: value.isTensor ? value.shape.map((d) => (typeof d === 'number' ? d : undefined)) : [],
      },
    ]),
  );
}

/** The part of a native error that a person can read. */
export function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return (text.split('\n')[0] ?? '').replace(/^\/\S+ \S.*? was false\. /u, '').slice(0, 300);
}
