// One measurement in a process of its own, so that its memory and its processor time are its own:
//   node one.ts BUILD {whole|first|decode|encode} VIDEO LIBRARY [EXTRACTOR…]
// Prints one line of JSON. BUILD is a checkout of Longview, whose engine is used; an older one knows only "whole".
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { createEngine as CreateEngine } from '../../engine/engine.ts';

const [build, what, video, library, ...extractors] = process.argv.slice(2);
const load = <T>(file: string) => import(pathToFileURL(join(build, file)).href) as Promise<T>;

/** Seconds of processor time that this process and those that it has ended took; undefined where nobody tells. */
function processorSec(): number | undefined {
  try {
    const text = readFileSync('/proc/self/stat', 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // utime, stime, cutime, cstime in hundredths.
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
  } catch {
    return undefined;
  }
}

/** @returns when the first look was done, in milliseconds; undefined where there was none */
async function index(stopAfterFirst: boolean): Promise<{ firstMs?: number; patches: number }> {
  const { createEngine } = await load<{ createEngine: typeof CreateEngine }>('engine/engine.ts');
  const engine = createEngine({ libraryDir: library });
  const stop = new AbortController();
  let looking = false;
  let firstMs: number | undefined;
  const began = performance.now();
  try {
    const { videos } = await engine.index(
      { paths: [video], ...(extractors.length > 0 && { with: extractors as 'text'[] }) },
      {
        signal: stop.signal,
        onProgress: ({ stage }) => {
          if (stage === 'a first look') looking = true;
          else if (looking && stage === 'indexing' && firstMs === undefined) {
            firstMs = performance.now() - began;
            if (stopAfterFirst) stop.abort();
          }
        },
      },
    );
    const failed = videos.find(({ status }) => status === 'failed');
    if (failed) throw new Error(`${failed.path}: ${failed.error?.message}`);
    return { ...(firstMs !== undefined && { firstMs }), patches: videos[0].patches };
  } finally {
    await engine.close();
  }
}

const parts = () => import('./parts.ts');
const began = performance.now();
let more: object = {};
if (what === 'decode') more = await (await parts()).decodeAlone(video);
else if (what === 'encode') more = await (await parts()).encodeAlone(video);
else more = await index(what === 'first');
process.stdout.write(
  `${JSON.stringify({
    wallSec: (performance.now() - began) / 1000,
    processorSec: processorSec(),
    // In kilobytes.
    memoryMb: process.resourceUsage().maxRSS / 1000,
    ...more,
  })}\n`,
);
