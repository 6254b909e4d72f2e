// Compares WebGPU with the CPU on a tiny model and prints what it found as JSON. Started by tests/webgpu.test.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openModel } from '../../engine/inference/index.ts';
import { selfTest } from '../../engine/inference/runtime/self-test.ts';
import { noise, tinyDecoder, writeTinyBundle } from './tiny-bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'longview-webgpu-'));
const tested = await selfTest('webgpu', { patient: true });
await writeTinyBundle(folder, { cache: 'shared' });
const next = noise(1);
const patch = () => Float32Array.from({ length: 6 * tinyDecoder.hiddenSize }, next);
const patches = Array.from({ length: 8 }, patch);
const ask = (text: string) => ({
  parts: [
    { kind: 'video' as const, patches, grid: [2, 3] as const },
    { kind: 'text' as const, text },
  ],
  gamma: 0.75,
  maxNewTokens: 4,
});

const providers = { probe: async () => tested };
const notices: string[] = [];
const gpu = await openModel(folder, { provider: 'webgpu', providers, onNotice: (n) => notices.push(n) });
const cpu = await openModel(folder, { provider: 'cpu', threads: 1 });
const chunks: number[] = [];
let sameTokens = true;
let reused = 0;
let worst = 0;
for (const text of ['what?', 'how many?']) {
  const onGpu = await gpu.decoder!.read({ ...ask(text), onRead: (tokens) => chunks.push(tokens) });
  const onCpu = await cpu.decoder!.read(ask(text));
  sameTokens &&= String(onGpu.tokenIds) === String(onCpu.tokenIds);
  reused = onGpu.reusedTokens ?? 0;
  const answers = ['yes', 'not here'];
  const [a, b] = [await gpu.decoder!.score(ask(text), answers), await cpu.decoder!.score(ask(text), answers)];
  for (const [i, { logProbability }] of a.entries()) {
    worst = Math.max(worst, Math.abs(logProbability - b[i].logProbability));
  }
}
await gpu[Symbol.asyncDispose]();
await cpu[Symbol.asyncDispose]();
rmSync(folder, { recursive: true, force: true });
const provider = /^Running on (\w+)/u.exec(notices[0] ?? '')?.[1] ?? 'none';
process.stdout.write(
  JSON.stringify({
    selfTest: tested,
    provider,
    chunks: chunks.length,
    reused,
    sameTokens,
    worstLogProbability: worst,
  }),
);
