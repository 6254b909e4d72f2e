import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { facts, patch, settings } from '../../tests/fixtures/library.ts';
import { madeFrameEncoder, madeMedia, madeModel, makeVideo } from '../../tests/fixtures/footage.ts';
import { indexVideos } from '../../engine/indexing/index.ts';
import { openStore, restoreLibrary, type Store } from '../../engine/library/index.ts';
import { LibraryDatabase } from '../../engine/library/sqlite/database.ts';
import { migrations } from '../../engine/library/sqlite/schema.ts';

/** Something that writes: what must be there before, and the work itself, which may be done again after it was killed. */
export interface Work {
  prepare(folder: string): Promise<void>;
  work(folder: string): Promise<void>;
  /** What its result is in: the library where absent. */
  result?: string;
}

/** What a test wants to be called with while a work goes on. */
export const during: { analyse?: () => void } = {};

const libraryOf = (folder: string) => join(folder, 'library');
const copyOf = (folder: string) => join(folder, 'copy.db');
const films = (folder: string) => join(folder, 'films');

async function withStore<T>(folder: string, work: (store: Store) => T | Promise<T>): Promise<T> {
  const store = openStore(libraryOf(folder));
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

function add(store: Store, name: string, tracks = {}, change = {}): string {
  const { videoId } = store.saveFile(`/films/${name}.mp4`, facts(name));
  const pass = store.beginPass(videoId, { ...settings, ...change }, tracks);
  for (let number = pass.resumedPatches; number < 40; number += 4)
    pass.append(Array.from({ length: 4 }, (_, index) => patch(number + index)));
  pass.complete();
  return videoId;
}

const beside = { extractor: 'frames-other', kinds: ['embedding'] } as const;

async function index(folder: string, force: boolean): Promise<void> {
  await withStore(folder, async (store) => {
    store.cleanUp();
    const made = { store, media: madeMedia(), model: madeModel(madeFrameEncoder(() => during.analyse?.())) };
    const { videos } = await indexVideos(made, [films(folder)], { force });
    const failed = videos.find(({ error }) => error);
    if (failed) throw new Error(`${failed.path}: ${failed.error!.message}`);
  });
}

async function prepareFilms(folder: string): Promise<void> {
  mkdirSync(films(folder));
  for (const [number, name] of ['a.mp4', 'b.mp4'].entries())
    makeVideo(films(folder), name, { durationSec: 12, first: number * 60 });
}

/** Everything that writes to a library. */
export const works: Record<string, Work> = {
  index: { prepare: prepareFilms, work: (folder) => index(folder, false) },
  'index again': {
    async prepare(folder) {
      await prepareFilms(folder);
      await index(folder, false);
    },
    work: (folder) => index(folder, true),
  },
  migrate: {
    async prepare(folder) {
      const db = new LibraryDatabase(libraryOf(folder), migrations.slice(0, 5));
      for (let num = 1; num <= 20; num++) {
        db.run(
          "INSERT INTO videos VALUES (?, ?, ?, 10, 20, 1, 1, 25, 'h264', NULL, 5)",
          ...[num, `video${num}`, `hash${num}`],
        );
        db.run('INSERT INTO files VALUES (?, ?, 1, 1, 1.0)', num, `/films/${num}.mp4`);
        db.run(
          "INSERT INTO runs VALUES (?, ?, ?, 'complete', 'made', 'made-1', 2, 1, 2, 3, 4, 0, 11, 12)",
          ...[num, `r${num}`, num],
        );
        db.run("INSERT INTO texts VALUES (?, ?, 'said', 1, 2, 'en', 'Hello there')", num, num);
        db.run("INSERT INTO text_index (rowid, words) VALUES (?, 'hello there')", num);
        db.run("INSERT INTO text_sources VALUES (?, 'beside')", num);
      }
      db.close();
    },
    work: (folder) => withStore(folder, () => undefined),
  },
  backup: {
    prepare: (folder) =>
      withStore(folder, (store) => {
        for (const name of ['a', 'b']) add(store, name);
      }),
    async work(folder) {
      rmSync(copyOf(folder), { force: true });
      await withStore(folder, (store) => store.backup(copyOf(folder), true));
    },
  },
  restore: {
    async prepare(folder) {
      await works.backup.prepare(folder);
      await works.backup.work(folder);
      await withStore(folder, (store) => add(store, 'late'));
    },
    work: async (folder) => void restoreLibrary(libraryOf(folder), copyOf(folder)),
  },
  remove: {
    prepare: (folder) =>
      withStore(folder, (store) => {
        for (const name of ['a', 'b', 'c']) add(store, name);
      }),
    work: (folder) =>
      withStore(folder, (store) => {
        for (const { id, path } of store.videos()) if (!path.includes('c')) store.removeVideo(id);
        store.cleanUp();
      }),
  },
  'add an encoder': {
    prepare: (folder) => withStore(folder, (store) => void add(store, 'a')),
    work: (folder) =>
      withStore(folder, (store) => void add(store, 'a', beside, { modelFingerprint: 'other-1' })),
  },
  'remove an encoder': {
    prepare: (folder) =>
      withStore(folder, (store) => {
        for (const name of ['a', 'b']) {
          add(store, name);
          add(store, name, beside, { modelFingerprint: 'other-1' });
        }
      }),
    work: (folder) =>
      withStore(folder, (store) => {
        store.removeTracks(beside.extractor);
        store.cleanUp();
      }),
  },
};
