/**
 * `npm run -s bench -- search [--json] [--only 100h|2778h|isotropic] [--patches N] [--folder DIR]`: how long the first
 * list of a find takes in libraries of 100 and of 2,778 hours, and how much of the exactly nearest the codes find.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bundles } from '../../engine/services/bundles.ts';
import { createEngine } from '../../engine/engine.ts';
import { openTerminal } from '../../engine/hosts/cli/terminal.ts';
import { table } from '../../engine/hosts/cli/table.ts';
import { openStore } from '../../engine/library/index.ts';
import { openModel } from '../../engine/inference/index.ts';
import { everydayObjects, makeSample } from './queries.ts';
import { isotropic, likeReal, neighbourSpread, type Embedding } from './embeddings.ts';
import { makeLibrary, videoId, type Truth } from './made-library.ts';

export const what =
  'the first list of a find in 100 and in 2,778 hours: milliseconds, and recall against exact search';

const root = join(import.meta.dirname, '..', '..');
const options = {
  json: { type: 'boolean', default: false },
  only: { type: 'string' },
  patches: { type: 'string', default: '5000000' },
  folder: { type: 'string', default: join(root, 'data', 'bench', 'search') },
} as const;

/** Queries whose exact neighbours are known, and finds that are timed. */
const judged = 16;
const timed = 100;

interface Case {
  name: string;
  patches: number;
  hours: number;
  embeddings: 'like real ones' | 'without structure';
}

interface Row extends Case {
  p50: number;
  p95: number;
  /** Of the processor alone, per find. */
  cpuMs: number;
  /** Only the nearest embeddings, without text, objects and moments. */
  nearestP95: number;
  recallAt20: number;
  firstFindMs: number;
  memoryMb: number;
}

/** Runs it. @param args see the head of this file */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const terminal = openTerminal(process);
  const large = Number(values.patches);
  const cases: Case[] = [
    { name: '100h', patches: 360_000, hours: 100, embeddings: 'like real ones' },
    { name: '2778h', patches: large, hours: 2778, embeddings: 'like real ones' },
    { name: 'isotropic', patches: large, hours: 2778, embeddings: 'without structure' },
  ];
  const rows: Row[] = [];
  for (const one of cases)
    if (values.only === undefined || values.only === one.name)
      rows.push(await measure(one, values.folder, terminal.progress));
  terminal.clear();
  process.stdout.write(values.json ? `${JSON.stringify({ rows })}\n` : `${report(rows).join('\n')}\n`);
}

async function measure(
  one: Case,
  folder: string,
  onProgress: (progress: { stage: string; fraction: number }) => void,
): Promise<Row> {
  const builtin = join(root, 'models', 'builtin');
  const { fingerprint } = await new Bundles({ builtin, others: '' }).builtin();
  const texts = everydayObjects(timed);
  const { vectors, real, size } = await realOnes(builtin, texts.slice(0, judged), fingerprint, folder);
  const library = join(folder, one.name);
  const videos = Math.max(2, Math.round(one.hours));
  const patchesPerVideo = Math.ceil(one.patches / videos);
  const apart = neighbourSpread(real, size);
  const embedding: Embedding =
    one.embeddings === 'without structure' ? isotropic() : likeReal(real, size, { shot: 0.5, patch: apart });
  const truth = makeLibrary({
    ...{ folder: library, fingerprint, size, videos, patchesPerVideo, embedding, queries: vectors },
    secondsPerPatch: (one.hours * 3600) / one.patches,
    labels: ['person', 'dog', 'car', 'bottle', 'chair', 'cat', 'bus', 'boat', 'bird', 'horse', 'cup'],
    words: texts.flatMap((text) => text.split(' ')),
    onProgress: (fraction) => onProgress({ stage: `making the library of ${one.hours} hours`, fraction }),
  });
  const nearest = nearestOf(library, fingerprint, truth);
  return { ...one, ...nearest, ...(await findsIn(library, texts)) };
}

/** Embeddings of real text, and of the temporal patches of the sample recording. */
async function realOnes(builtin: string, texts: readonly string[], fingerprint: string, folder: string) {
  const model = await openModel(builtin, {});
  try {
    const vectors = await model.text!.embed(texts);
    const library = join(folder, 'sample-library');
    mkdirSync(library, { recursive: true });
    const engine = createEngine({ libraryDir: library });
    const sample = await makeSample(root);
    const { videos } = await engine.index({ paths: [sample] });
    await engine.close();
    const store = openStore(library);
    const { embeddings, embeddingSize } = store.patchTable(videos[0].id!);
    store.close();
    return { vectors, real: embeddings, size: embeddingSize, fingerprint };
  } finally {
    await model[Symbol.asyncDispose]();
  }
}

/** The store's own part: nearest temporal patches by the codes, and what adding one video costs. */
function nearestOf(library: string, fingerprint: string, { queries, nearest: truth }: Truth) {
  const store = openStore(library);
  try {
    // The first look reads the codes, or makes them.
    store.nearest(fingerprint, queries[0], 20);
    const times: number[] = [];
    let found = 0;
    for (let round = 0; round < 4; round++)
      queries.forEach((query, index) => {
        const began = performance.now();
        const { patches } = store.nearest(fingerprint, query, 20);
        times.push(performance.now() - began);
        if (round > 0) return;
        const known = new Set(patches.map(({ videoId: id, patch }) => `${id} ${patch}`));
        found += truth[index].filter(([video, patch]) => known.has(`${videoId(video)} ${patch}`)).length;
      });
    return {
      nearestP95: quantile(times, 0.95),
      recallAt20: found / truth.reduce((sum, list) => sum + list.length, 0),
      memoryMb: process.memoryUsage().rss / 1e6,
    };
  } finally {
    store.close();
  }
}

/** Whole finds through the engine, without the decoder's second look: text, words, objects, embeddings, moments. */
async function findsIn(library: string, texts: readonly string[]) {
  const engine = createEngine({ libraryDir: library });
  try {
    const began = performance.now();
    await engine.find({ query: 'a warm-up', refine: false });
    const firstFindMs = performance.now() - began;
    const times: number[] = [];
    const before = process.cpuUsage();
    for (const query of texts) {
      const start = performance.now();
      await engine.find({ query, refine: false });
      times.push(performance.now() - start);
    }
    const { user, system } = process.cpuUsage(before);
    return {
      firstFindMs,
      p50: quantile(times, 0.5),
      p95: quantile(times, 0.95),
      cpuMs: (user + system) / 1000 / texts.length,
    };
  } finally {
    await engine.close();
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function report(rows: readonly Row[]): string[] {
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return table(
    [
      { title: 'library' },
      { title: 'patches', right: true },
      { title: 'embeddings' },
      { title: 'first list p50', right: true },
      { title: 'p95', right: true },
      { title: 'processor', right: true },
      { title: 'nearest p95', right: true },
      { title: 'recall@20', right: true },
      { title: 'opening', right: true },
    ],
    rows.map((row) => [
      `${row.hours} h`,
      String(row.patches),
      row.embeddings,
      ms(row.p50),
      ms(row.p95),
      ms(row.cpuMs),
      ms(row.nearestP95),
      row.recallAt20.toFixed(3),
      ms(row.firstFindMs),
    ]),
    160,
  );
}
