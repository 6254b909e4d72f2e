// A worker in a process of its own, for tests and benches that kill it.
// Arguments: hub, its name, its library folder, milliseconds a temporal patch takes.
import { openStore } from '../../library/index.ts';
import { Hub } from '../connect.ts';
import { work } from '../worker.ts';
import { madeIndex } from './made-index.ts';

const [url, name, folder, pace] = process.argv.slice(2);
const hub = new Hub(url, name, 3);
const store = openStore(folder);
const controller = new AbortController();
process.on('SIGTERM', () => controller.abort());
await work(
  {
    ...{ hub, store, mounts: { footage: '/' }, untilEmpty: true, publishEveryMs: 40 },
    skills: { extractors: ['pictures'], roots: ['footage'], versions: [] },
    index: madeIndex(store, Number(pace)),
  },
  controller.signal,
);
store.close();
await hub.close();
