import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { join } from 'node:path';
import { z } from 'zod';

const answerSchema = z.object({ seconds: z.number(), sample: z.array(z.number()) });
const peakSchema = z.object({ gflops: z.number(), gbytes: z.number() });

/** What a timed piece of work gave. */
export type Timed = z.infer<typeof answerSchema>;

/** A machine's measured best. */
export type Peak = z.infer<typeof peakSchema>;

/** PyTorch, eager, in a child process that is asked for one piece of work after the other. */
export class TorchSide implements AsyncDisposable {
  readonly version: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessWithoutNullStreams, lines: AsyncIterator<string>, version: string) {
    this.#child = child;
    this.#lines = lines;
    this.version = version;
  }

  /** @throws Error that says what is missing, where there is no Python with PyTorch and transformers. */
  static async start(
    checkpoint: string,
    { threads, attention }: { threads: number; attention: string },
  ): Promise<TorchSide> {
    const script = join(import.meta.dirname, 'torch_side.py');
    const child = spawn('python3', [script, checkpoint, String(threads), attention], {
      env: { ...process.env, HF_HUB_OFFLINE: '1' },
    });
    let stderr = '';
    child.stderr.on('data', (piece: Buffer) => (stderr = (stderr + piece.toString()).slice(-4000)));
    const failed = new Promise<never>((_, reject) => {
      child.on('error', () => reject(new Error('python3 was not found')));
      child.on('exit', (code) =>
        reject(new Error(stderr.trim().split('\n').at(-1) || `it ended with code ${code}`)),
      );
    });
    failed.catch(() => undefined);
    const reader: Interface = createInterface({ input: child.stdout });
    const lines = reader[Symbol.asyncIterator]();
    const next = async () => {
      const line = await Promise.race([lines.next(), failed]);
      return line.done ? failed : line;
    };
    const { torch } = z.object({ torch: z.string() }).parse(JSON.parse((await next()).value));
    return new TorchSide(child, { next }, torch);
  }

  /** Does a piece of work. */
  async run(work: 'prefill' | 'decode' | 'encode', dtype: 'fp32' | 'bf16', details: object): Promise<Timed> {
    return answerSchema.parse(await this.#ask({ work, dtype, ...details }));
  }

  /** Measures the machine. */
  async peak(rounds: number): Promise<Peak> {
    return peakSchema.parse(await this.#ask({ work: 'peak', rounds }));
  }

  async #ask(command: object): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    return JSON.parse((await this.#lines.next()).value as string);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    await new Promise((resolve) => this.#child.once('close', resolve));
  }
}
