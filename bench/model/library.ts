import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../engine/engine.ts';
import type { Engine } from '../../engine/protocol/engine.ts';
import { openStore, type Store } from '../../engine/library/index.ts';
import type { OpenedModel } from '../../engine/inference/index.ts';
import type { SeenPatch } from './look.ts';

/** Made videos in a real library, in a temporary folder, with a real engine on it. */
export class MadeLibrary implements AsyncDisposable {
  readonly engine: Engine;
  readonly #folder: string;
  readonly #store: Store;
  readonly #model: OpenedModel;

  private constructor(folder: string, bundle: string, model: OpenedModel) {
    this.#folder = folder;
    this.#model = model;
    this.#store = openStore(folder);
    this.engine = createEngine({ libraryDir: folder, builtinModel: bundle });
  }

  static async open(bundle: string, model: OpenedModel): Promise<MadeLibrary> {
    return new MadeLibrary(await mkdtemp(join(tmpdir(), 'longview-bench-')), bundle, model);
  }

  /** Stores a video as indexing would have. @returns its id. */
  add(name: string, fps: number, patches: readonly SeenPatch[]): string {
    const frameEncoder = this.#model.frameEncoder!;
    const end = (patch: SeenPatch) => patch.frameTimes[1] + 1 / fps;
    const durationSec = end(patches.at(-1)!);
    const path = join(this.#folder, name);
    this.#store.saveFile(path, {
      contentHash: createHash('sha256').update(name).digest('hex'),
      sizeBytes: 1,
      durationSec,
      width: frameEncoder.width,
      height: frameEncoder.height,
      frameRate: fps,
      codec: 'made',
    });
    const { id } = this.#store.video(path);
    {
      const run = this.#store.beginPass(id, {
        modelId: this.#model.id,
        modelFingerprint: this.#model.fingerprint,
        fps,
        grid: frameEncoder.grid,
        hiddenSize: frameEncoder.hiddenSize,
        embeddingSize: frameEncoder.embeddingSize,
      });
      run.append(patches.map((patch) => ({ ...patch, start: patch.frameTimes[0], end: end(patch) })));
      run.complete(durationSec);
    }
    return id;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.close();
    this.#store.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
