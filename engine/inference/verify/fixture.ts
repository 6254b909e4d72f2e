import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { positionVariants, type BundleManifest } from '../../protocol/bundle.ts';
import { LongviewError } from '../../protocol/errors.ts';
import { promptOf, type Prompt, type Stretch } from '../decoder/prompt.ts';
import type { Picture } from '../image/resample.ts';
import { SafetensorsFile } from './safetensors.ts';

const caseSchema = z.object({
  name: z.string(),
  prompt: z.string(),
  variant: z.enum(positionVariants),
  gamma: z.number(),
  visuals: z.array(z.tuple([z.enum(['image', 'video']), z.int(), z.int(), z.int()])),
  tokens: z.int(),
});

/** One line of cases.json. */
export type FixtureCase = z.infer<typeof caseSchema>;

/** An image or a video of a prompt. */
export interface Visual {
  kind: 'image' | 'video';
  frames: Picture[];
  /** Before merging. */
  grid: readonly [t: number, h: number, w: number];
}

/** A folder with fixture.safetensors and cases.json: a whole model's numbers as another program computed them. */
export class Fixture implements AsyncDisposable {
  readonly cases: readonly FixtureCase[];
  readonly #folder: string;
  readonly #file: SafetensorsFile;

  private constructor(folder: string, cases: readonly FixtureCase[], file: SafetensorsFile) {
    this.#folder = folder;
    this.cases = cases;
    this.#file = file;
  }

  /** @throws LongviewError `file-unreadable` with the reason. */
  static async open(folder: string): Promise<Fixture> {
    return readable(folder, 'cases.json', async () => {
      const text = await readFile(join(folder, 'cases.json'), 'utf8');
      const cases = z.array(caseSchema).min(1).parse(JSON.parse(text));
      const file = await readable(folder, 'fixture.safetensors', () =>
        SafetensorsFile.open(join(folder, 'fixture.safetensors')),
      );
      return new Fixture(folder, cases, file);
    });
  }

  /** A tensor's numbers. @throws LongviewError `file-unreadable`. */
  async floats(name: string): Promise<Float32Array> {
    return Float32Array.from((await this.#tensor(name)).data);
  }

  /** The pictures of a prompt: images first, then videos, each in order. */
  async visuals(prompt: string): Promise<Visual[]> {
    const grids = await this.#tensor(`${prompt}.grid_thw`);
    const kinds = this.cases.find((one) => one.prompt === prompt)?.visuals ?? [];
    const visuals: Visual[] = [];
    for (let i = 0; i < (grids.shape[0] ?? 0); i++) {
      const frames = await this.#tensor(`${prompt}.frames${i}`);
      const [count = 0, height = 0, width = 0] = frames.shape;
      const bytes = width * height * 3;
      const data = frames.data as Uint8Array;
      visuals.push({
        kind: kinds[i]?.[0] ?? 'video',
        frames: Array.from({ length: count }, (_, n) => ({
          ...{ width, height },
          pixels: data.subarray(n * bytes, (n + 1) * bytes),
        })),
        grid: [...grids.data.subarray(3 * i, 3 * i + 3)] as unknown as [number, number, number],
      });
    }
    return visuals;
  }

  /**
   * The prompt of a case, with our own visual tokens in the place of its placeholders.
   * @param tokens of each visual, [t * h * w / merge^2, hiddenSize], in the order of {@link visuals}.
   */
  async prompt(
    name: string,
    visuals: readonly (Visual & { tokens: Float32Array })[],
    { tokens, decoder, vision }: BundleManifest,
  ): Promise<Prompt> {
    const ids = [...(await this.#tensor(`${name}.input_ids`)).data];
    const hiddenSize = decoder?.hiddenSize ?? 0;
    const merge = vision?.mergeSize ?? 1;
    const waiting = {
      image: visuals.filter(({ kind }) => kind === 'image'),
      video: visuals.filter(({ kind }) => kind === 'video'),
    };
    const stretches: Stretch[] = [];
    for (let at = 0; at < ids.length;) {
      const kind = ids[at] === tokens?.image ? 'image' : ids[at] === tokens?.video ? 'video' : undefined;
      if (kind === undefined) {
        const last = stretches.at(-1);
        if (last?.kind === 'ids') (last.ids as number[]).push(ids[at]);
        else stretches.push({ kind: 'ids', ids: [ids[at]] });
        at++;
        continue;
      }
      const visual = waiting[kind].shift();
      if (!visual)
        throw unreadable(this.#folder, 'fixture.safetensors', `${name} has a placeholder too many`);
      const [t, h, w] = visual.grid;
      const grid = [h / merge, w / merge] as const;
      const size = grid[0] * grid[1] * hiddenSize;
      const patches = Array.from({ length: t }, (_, i) => visual.tokens.subarray(i * size, (i + 1) * size));
      stretches.push({ kind: 'visual', patches, grid });
      at += t * grid[0] * grid[1];
    }
    return promptOf(stretches, hiddenSize);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }

  #tensor(name: string) {
    return readable(this.#folder, 'fixture.safetensors', () => this.#file.tensor(name));
  }
}

async function readable<T>(folder: string, file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof LongviewError) throw error;
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw unreadable(folder, file, reason.split('\n')[0] ?? '', error);
  }
}

function unreadable(folder: string, file: string, reason: string, cause?: unknown): LongviewError {
  return new LongviewError(
    'file-unreadable',
    `The fixture ${join(folder, file)} can't be used: ${reason}.`,
    'Record it again; models/training says how.',
    { cause },
  );
}
