import type { TestContext } from 'node:test';
import { openStore, type Store } from '../../library/index.ts';
import { facts, patch, settings, temporaryFolder } from '../../../tests/fixtures/library.ts';

/** Where the tests' footage would be. */
export const mounts = { footage: '/mnt/footage' };

/** A library that goes when the test ends. */
export function library(t: TestContext): Store {
  const store = openStore(temporaryFolder(t));
  t.after(() => store.close());
  return store;
}

/** A video of the library with so many temporal patches, one after the other. */
export function indexed(
  store: Store,
  name: string,
  patches: number,
  whole = true,
  path = `/mnt/footage/${name}.mp4`,
) {
  const { videoId } = store.saveFile(path, facts(name, patches));
  const pass = store.beginPass(videoId, settings);
  for (let at = pass.resumedPatches; at < patches; at += 4)
    pass.append(Array.from({ length: Math.min(4, patches - at) }, (_, i) => patch(at + i)));
  if (whole) pass.complete(patches);
  pass.close();
  return { videoId, contentHash: facts(name).contentHash };
}

/** All that a search sees of a video. */
export function seen(store: Store, id: string) {
  return {
    table: store.patchTable(id),
    objects: store.objects(id),
    frames: store.frames(id),
    tokens: store.patchTokens(
      id,
      Array.from(store.patchTable(id).starts, (_, i) => i),
    ),
    lines: store.lines(id).map(({ text, start, end }) => ({ text, start, end })),
    loudness: store.series(id, 'loudness'),
  };
}
