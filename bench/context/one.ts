// Reads one prompt and sends what it took to the parent: a peak is a process's, so each prompt has its own.
// Started by main.ts with: bundle, provider, tokens, threads.
import { textIds } from '../../engine/hope/index.ts';
import { openBundle } from '../../engine/inference/bundle/bundle.ts';
import { chunkEnds } from '../../engine/inference/decoder/chunks.ts';
import { DecoderGraph } from '../../engine/inference/decoder/decoder-graph.ts';
import { chooseProvider, type ProviderChoice } from '../../engine/inference/providers.ts';

const [folder, provider, count, threads] = process.argv.slice(2);
const tokens = Number(count);
const chosen = await chooseProvider(provider as ProviderChoice);
const bundle = await openBundle(folder);
const decoder = await DecoderGraph.open(bundle, { ...chosen, threads: Number(threads) || undefined });
const { hiddenSize, heads } = decoder.shape;
const cache = decoder.newCache(tokens + 4);
const openMiB = peakMiB();

const read = (from: number, to: number) => {
  // Each token's row differs from the others'.
  const rows = Float32Array.from({ length: (to - from) * hiddenSize }, (_, i) =>
    Math.sin((from * hiddenSize + i) * 0.7),
  );
  return decoder.read({ embeddings: rows }, textIds(to - from, from), cache, { last: 1 });
};
const start = performance.now();
let at = 0;
for (const end of chunkEnds(tokens, 0, { heads }, decoder.policy)) {
  await read(at, end);
  at = end;
}
const seconds = (performance.now() - start) / 1000;
const steps = performance.now();
for (let step = 0; step < 4; step++) await read(tokens + step, tokens + step + 1);
const stepMs = (performance.now() - steps) / 4;
const cacheMiB = cache.bytes / 2 ** 20;
process.send?.({ tokens, seconds, stepMs, peakMiB: peakMiB(), openMiB, cacheMiB }, () => process.exit(0));

function peakMiB(): number {
  return process.resourceUsage().maxRSS / 1024;
}
