import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { encodingOptions, positionVariants, type BundleManifest } from '../../protocol/bundle.ts';
import { LongviewError, quote } from '../../protocol/errors.ts';
import { promptOf, type Prompt, type Stretch } from '../decoder/prompt.ts';
import type { Picture } from '../image/resample.ts';
import { SafetensorsFile } from './safetensors.ts';
import { plural } from '../../protocol/plural.ts';

const caseSchema = z.object({
  name: z.string(),
  prompt: z.string(),
  variant: z.enum(positionVariants, {
    error: ({ input }) => `${quote(input)} is no encoding that there is (${positionVariants.join(', ')})`,
  }),
  gamma: z.number(),
  ...encodingOptions,
  secondsPerPatch: z.union([z.number().positive(), z.array(z.number().positive())]).optional(),
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

/** A picture's temporal patches that no placeholder has taken yet. */
interface Waiting {
  patches: Float32Array[];
  /** After merging. */
  grid: readonly [number, number];
}

function waitingVisual({ grid, tokens }: Visual & { tokens: Float32Array }, merge: number): Waiting {
  const [t, h, w] = grid;
  const size = tokens.length / t;
  const patches = Array.from({ length: t }, (_, i) => tokens.subarray(i * size, (i + 1) * size));
  return { patches, grid: [h / merge, w / merge] };
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

  /** Whether there is such a tensor. */
  has(name: string): boolean {
    return this.#file.has(name);
  }

  /**
   * A case's logits, [tokens, vocabulary].
   * @throws LongviewError `file-unreadable`, also where they are of another model than one with that vocabulary.
   */
  async logits(one: FixtureCase, vocabulary: number): Promise<Float32Array> {
    const { shape, data } = await this.#tensor(`${one.name}.logits`);
    if (shape.at(-1) !== vocabulary)
      throw unreadable(
        this.#folder,
        'fixture.safetensors',
        `it was recorded with another model: a vocabulary of ${shape.at(-1)}, the bundle's has ${vocabulary}`,
      );
    return Float32Array.from(data);
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
   * The prompt of a case, with our own visual tokens in the place of its placeholders, run by run: a whole video,
   * or (where times stand between its temporal patches) one temporal patch after the other.
   * @param tokens of each visual, [t * h * w / merge^2, hiddenSize (times 1 + layers with DeepStack)], in the order of
   * {@link visuals}.
   */
  async prompt(
    name: string,
    visuals: readonly (Visual & { tokens: Float32Array })[],
    { tokens, decoder, vision }: BundleManifest,
  ): Promise<Prompt> {
    const ids = [...(await this.#tensor(`${name}.input_ids`)).data];
    const hiddenSize = decoder?.hiddenSize ?? 0;
    const deepstack = decoder?.deepstack ?? 0;
    const merge = vision?.mergeSize ?? 1;
    const waitingFor = (kind: Visual['kind']): Waiting[] =>
      visuals.filter((visual) => visual.kind === kind).map((visual) => waitingVisual(visual, merge));
    const waiting = { image: waitingFor('image'), video: waitingFor('video') };
    const stretches: Stretch[] = [];
    for (let at = 0; at < ids.length;) {
      const id = ids[at];
      const kind = id === tokens?.image ? 'image' : id === tokens?.video ? 'video' : undefined;
      const past = ids.findIndex((other, i) => i > at && other !== id);
      const end = kind === undefined ? at + 1 : past < 0 ? ids.length : past;
      if (kind === undefined) {
        const last = stretches.at(-1);
        if (last?.kind === 'ids') (last.ids as number[]).push(id);
        else stretches.push({ kind: 'ids', ids: [id] });
      } else {
        const stretch = this.#visual(name, waiting[kind], end - at, { hiddenSize, deepstack });
        stretches.push(stretch);
      }
      at = end;
    }
    const left = [...waiting.image, ...waiting.video].reduce((sum, { patches }) => sum + patches.length, 0);
    if (left > 0) throw this.#broken(`${name} has ${plural(left, 'temporal patch')} more than placeholders`);
    return promptOf(stretches, { hiddenSize, deepstack });
  }

  /** The next run of placeholders: as many temporal patches of the picture that is next as it has place for. */
  #visual(
    name: string,
    waiting: Waiting[],
    count: number,
    { hiddenSize, deepstack }: { hiddenSize: number; deepstack: number },
  ): Stretch {
    const visual = waiting[0];
    if (!visual) throw this.#broken(`${name} has a placeholder too many`);
    const perPatch = visual.grid[0] * visual.grid[1];
    const patches = visual.patches.splice(0, count / perPatch);
    const size = perPatch * hiddenSize * (1 + deepstack);
    const wrong = patches.find((patch) => patch.length !== size);
    if (wrong || patches.length * perPatch !== count) {
      const what = wrong
        ? `a temporal patch of ${name} becomes ${plural(wrong.length, 'number')} here and has place for ${size}`
        : `${name} has ${plural(count, 'placeholder')} in a row and temporal patches of ${perPatch}`;
      throw this.#broken(`it was recorded with another model: ${what}`);
    }
    if (visual.patches.length === 0) waiting.shift();
    return { kind: 'visual', patches, grid: visual.grid };
  }

  #broken(reason: string): LongviewError {
    return unreadable(this.#folder, 'fixture.safetensors', reason);
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
    const reason = error instanceof z.ZodError ? firstIssue(error) : (error as Error).message;
    throw unreadable(folder, file, reason.split('\n')[0] ?? '', error);
  }
}

function firstIssue({ issues: [issue] }: z.ZodError): string {
  return `at ${issue.path.join('.') || 'the top'}: ${issue.message}`;
}

function unreadable(folder: string, file: string, reason: string, cause?: unknown): LongviewError {
  return new LongviewError(
    'file-unreadable',
    `The fixture ${join(folder, file)} can't be used: ${reason}.`,
    'Record it again, as models/training/README.md describes.',
    { cause },
  );
}
