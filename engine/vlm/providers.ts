import { listSupportedBackends } from 'onnxruntime-node';
import { badArgument, LongviewError } from '../protocol/errors.ts';
import { probe, type Probe } from './runtime/probe.ts';
import { providerNames, type ProviderChoice, type ProviderName } from './runtime/provider-names.ts';
import { selfTestTolerance } from './runtime/self-test.ts';

export { providerNames, type ProviderChoice, type ProviderName } from './runtime/provider-names.ts';

/** One execution provider, as `longview doctor` lists it. */
export interface ProviderReport {
  provider: ProviderName;
  /** It passed the self-test: same numbers as the CPU. */
  works: boolean;
  /** What was seen, in words. */
  found: string;
  /** What to do where it doesn't work and something can be done. */
  remedy?: string;
  /** Largest difference to the CPU's numbers. */
  worst?: number;
  /** Speed of matrix products as a multiple of the CPU provider's. */
  speedup?: number;
}

/** How providers are looked for; tests put their own in. */
export interface ProviderDeps {
  /** Providers that this build of the runtime knows, and whether their library comes with it. */
  offered?: () => readonly { name: string; bundled: boolean }[];
  probe?: (provider: ProviderName) => Promise<Probe>;
}

const remedies: Record<ProviderName, string> = {
  cuda:
    'For an NVIDIA GPU under Linux: install CUDA 12 and cuDNN 9, then fetch the provider once with ' +
    '"node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12".',
  dml: 'Update Windows and the graphics driver (DirectX 12).',
  coreml: 'Update macOS.',
  webgpu: 'Install or update the graphics driver (under Linux: its Vulkan driver).',
  cpu: 'Install the dependencies again (npm install).',
};

/** Tests every provider that the runtime offers; the CPU is the last. Takes seconds where a GPU is at hand. */
export async function listProviders(deps: ProviderDeps = {}): Promise<ProviderReport[]> {
  const reports: ProviderReport[] = [];
  for (const provider of offeredProviders(deps)) reports.push(await report(provider, deps));
  return reports;
}

function offeredProviders(deps: ProviderDeps): ProviderName[] {
  const offered = (deps.offered ?? listSupportedBackends)().map(({ name }) => name);
  return providerNames.filter((name) => offered.includes(name));
}

async function report(provider: ProviderName, deps: ProviderDeps): Promise<ProviderReport> {
  if (provider === 'cpu') return { provider, works: true, found: 'always there', worst: 0, speedup: 1 };
  const found = await (deps.probe ?? probe)(provider);
  if ('failed' in found) return { provider, works: false, found: found.failed, remedy: remedies[provider] };
  const { worst, speedup } = found;
  if (!(worst <= selfTestTolerance)) {
    const wrong = `gives wrong numbers (off by ${worst.toPrecision(2)})`;
    return { provider, works: false, found: wrong, remedy: remedies[provider], worst, speedup };
  }
  const speed = `${speedup.toPrecision(2)} times the speed of the CPU`;
  return { provider, works: true, found: `works, ${speed}`, worst, speedup };
}

/** Which provider to use, and why. */
export interface ChosenProvider {
  provider: ProviderName;
  /** In words, for the user to see. */
  reason: string;
}

/**
 * `auto`: the fastest provider that passes its self-test, where one is faster than the CPU; else the CPU. Probed
 * once per process. A provider by name is taken at its word: opening a model with it may fail.
 * @throws LongviewError `bad-argument` for an unknown name, `provider-unavailable` for one that this build of the
 *   runtime doesn't have.
 */
export async function chooseProvider(
  choice: ProviderChoice,
  deps: ProviderDeps = {},
): Promise<ChosenProvider> {
  if (choice === 'auto') return deps.probe || deps.offered ? best(deps) : (automatic ??= best(deps));
  if (!providerNames.includes(choice)) {
    throw badArgument('provider', `one of auto, ${providerNames.join(', ')}`, choice);
  }
  const offered = offeredProviders(deps);
  if (!offered.includes(choice)) {
    throw new LongviewError(
      'provider-unavailable',
      `This system's onnxruntime has no ${choice} provider.`,
      `Use one of auto, ${offered.join(', ')}.`,
    );
  }
  return { provider: choice, reason: 'chosen by name' };
}

let automatic: Promise<ChosenProvider> | undefined;

async function best(deps: ProviderDeps): Promise<ChosenProvider> {
  const reports = await listProviders(deps);
  const faster = reports
    .filter(({ works, speedup }) => works && (speedup ?? 0) > 1)
    .sort((a, b) => (b.speedup ?? 0) - (a.speedup ?? 0));
  const [winner] = faster;
  if (winner) return { provider: winner.provider, reason: winner.found };
  const others = reports.filter(({ provider }) => provider !== 'cpu');
  const why = others.map(({ provider, found }) => `${provider}: ${found}`).join('; ');
  return { provider: 'cpu', reason: why === '' ? 'nothing else is offered' : `nothing faster (${why})` };
}
