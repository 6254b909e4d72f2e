import { join } from 'node:path';
import { createEngine } from '../../engine/engine.ts';
import { readManifest } from '../../engine/inference/bundle/manifest.ts';
import type { Engine } from '../../engine/protocol/engine.ts';
import { filesOf, findMaterial, readClips, sourceOf, type Clip } from './clips.ts';
import { filmClip } from './film-clip.ts';
import { judgeAnswer, judgeFind, type Outcome } from './judge.ts';
import { isKnowable, type Known } from './knowable.ts';
import { readLabels, type Label } from './labels.ts';

/** What is measured, and where. */
export interface TrustOptions {
  /** Folders that hold the material. */
  media: readonly string[];
  /** Where clips and their library are kept. */
  folder: string;
  bundle: string;
  tell: (stage: string, fraction: number) => void;
}

/** Every label with what came back, and the clips for which material is missing. */
export interface Measured {
  outcomes: Outcome[];
  missing: { clip: string; files: { file: string; source: string }[] }[];
}

/** Films the clips, indexes them, and searches and asks what the labels say. @throws LongviewError as the engine. */
export async function measureTrust({ media, folder, bundle, tell }: TrustOptions): Promise<Measured> {
  const { clips, sources } = await readClips();
  const labels = await readLabels();
  const paths = new Map<Clip, string>();
  const missing: Measured['missing'] = [];
  for (const [i, clip] of clips.entries()) {
    tell('filming clips', i / clips.length);
    const path = await filmClip(clip, media, join(folder, 'clips'));
    if (path !== undefined) paths.set(clip, path);
    else {
      const files = filesOf(clip).filter((file) => findMaterial(file, media) === undefined);
      missing.push({
        clip: clip.name,
        files: files.map((file) => ({ file, source: sourceOf(file, sources) ?? 'of unknown origin' })),
      });
    }
  }
  const { manifest } = await readManifest(bundle);
  const engine = createEngine({ libraryDir: join(folder, 'library'), builtinModel: bundle });
  try {
    const ids = await indexed(engine, [...paths.values()], tell);
    const outcomes: Outcome[] = [];
    for (const [i, label] of labels.entries()) {
      tell('searching and asking', i / labels.length);
      const clip = clips.find(({ name }) => name === label.clip);
      if (!clip) throw new Error(`${label.clip} is no clip`);
      const path = paths.get(clip);
      if (path !== undefined)
        outcomes.push(
          await outcomeOf(engine, label, clip.late ? 'late' : clip.half, ids.get(path)!, manifest),
        );
    }
    return { outcomes, missing };
  } finally {
    await engine.close();
  }
}

/** @returns the video of each path */
async function indexed(
  engine: Engine,
  paths: readonly string[],
  tell: TrustOptions['tell'],
): Promise<Map<string, string>> {
  const { videos } = await engine.index(
    { paths: [...paths] },
    { onProgress: ({ fraction }) => tell('indexing', fraction ?? 0) },
  );
  return new Map(videos.map(({ path, id }) => [path, id!]));
}

/** What comes back for a label. */
export async function outcomeOf(
  engine: Engine,
  label: Label,
  half: Outcome['half'],
  video: string,
  known: Known,
): Promise<Outcome> {
  const { kind, text, truth } = label;
  const judged =
    kind === 'find'
      ? judgeFind(await engine.find({ query: text, in: [video], limit: 3 }), truth)
      : judgeAnswer(await engine.ask({ question: text, in: video, fresh: true }), truth);
  return { ...label, half, knowable: isKnowable(label, known), ...judged };
}
