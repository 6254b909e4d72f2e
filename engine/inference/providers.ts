import { listSupportedBackends } from '../onnxruntime/index.ts';
import { badArgument, LongviewError } from '../protocol/errors.ts';
import { probe, type Probe } from './runtime/probe.ts';
import { providerNames, type ProviderChoice, type ProviderName } from './runtime/provider-names.ts';
import { selfTestTolerance } from './runtime/self-test.ts';
import { plural } from '../protocol/plural.ts';

export type { ProviderChoice, ProviderName } from './runtime/provider-names.ts';

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
  /** The most tokens that may be read at once, where its kernels for more give wrong numbers. */
  mostTokens?: number;
  /** Speed of matrix products as a multiple of the CPU provider's. */
  speedup?: number;
}

/** How providers are looked for; tests put their own in. */
export interface ProviderDeps {
  /** Providers that this build of the runtime knows, and whether their library comes with it. */
  offered?: () => readonly { name: string; bundled: boolean }[];
  probe?: (provider: ProviderName, options?: { patient?: boolean }) => Promise<Probe>;
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

async function report(provider: ProviderName, deps: ProviderDeps, patient = false): Promise<ProviderReport> {
  if (provider === 'cpu') return { provider, works: true, found: 'always there', worst: 0, speedup: 1 };
  const found = await (deps.probe ?? probe)(provider, { patient });
  if ('failed' in found) return { provider, works: false, found: found.failed, remedy: remedies[provider] };
  const { worst, speedup, mostTokens } = found;
  if (!(worst <= selfTestTolerance)) {
    const wrong = `gives wrong numbers (off by ${worst.toPrecision(2)})`;
    return { provider, works: false, found: wrong, remedy: remedies[provider], worst, speedup };
  }
  const speed = `${speedup.toPrecision(2)} times the speed of the CPU`;
  const few = mostTokens === undefined ? '' : `, reading at most ${plural(mostTokens, 'token')} at once`;
  return { provider, works: true, found: `works, ${speed}${few}`, worst, speedup, mostTokens };
}

/** Which provider to use, and why. */
export interface ChosenProvider {
  provider: ProviderName;
  /** In words, for the user to see. */
  reason: string;
  /** See {@link ProviderReport.mostTokens}. */
  mostTokens?: number;
}

/**
 * `auto`: the fastest provider that passes its self-test, where one is faster than the CPU; else the CPU. A provider by
 * name must pass the self-test too, however slow it is: wrong answers are nobody's wish. Probed once per process.
 * @throws LongviewError `bad-argument` for an unknown name; `provider-unavailable` for one that this build of the
 *   runtime doesn't have, or that fails its self-test.
 */
export async function chooseProvider(
  choice: ProviderChoice,
  deps: ProviderDeps = {},
): Promise<ChosenProvider> {
  if (choice !== 'auto' && !providerNames.includes(choice)) {
    throw badArgument('provider', `one of auto, ${providerNames.join(', ')}`, choice);
  }
  const choose = () => (choice === 'auto' ? best(deps) : named(choice, deps));
  if (deps.probe || deps.offered) return choose();
  const known = chosen.get(choice) ?? choose();
  chosen.set(choice, known);
  known.catch(() => chosen.delete(choice));
  return known;
}

const chosen = new Map<ProviderChoice, Promise<ChosenProvider>>();

async function named(provider: ProviderName, deps: ProviderDeps): Promise<ChosenProvider> {
  const offered = offeredProviders(deps);
  if (!offered.includes(provider)) {
    throw new LongviewError(
      'provider-unavailable',
      `This system's onnxruntime has no ${provider} provider.`,
      `Use one of auto, ${offered.join(', ')}.`,
    );
  }
  const { works, found, remedy = '', mostTokens } = await report(provider, deps, true);
  if (!works)
    throw new LongviewError(
      'provider-unavailable',
      `The ${provider} provider doesn't work: ${found}.`,
      remedy,
    );
  return { provider, reason: provider === 'cpu' ? 'chosen by name' : `chosen by name; ${found}`, mostTokens };
}

async function best(deps: ProviderDeps): Promise<ChosenProvider> {
  const reports = await listProviders(deps);
  const faster = reports
    .filter(({ works, speedup }) => works && (speedup ?? 0) > 1)
    .sort((a, b) => (b.speedup ?? 0) - (a.speedup ?? 0));
  const [winner] = faster;
  if (winner) return { provider: winner.provider, reason: winner.found, mostTokens: winner.mostTokens };
  const others = reports.filter(({ provider }) => provider !== 'cpu');
  const why = others.map(({ provider, found }) => `${provider}: ${found}`).join('; ');
  return { provider: 'cpu', reason: why === '' ? 'nothing else is offered' : `nothing faster (${why})` };
}
