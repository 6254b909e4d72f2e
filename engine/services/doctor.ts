import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { LongviewError } from '../protocol/errors.ts';
import type { Check, DoctorResult } from '../protocol/results.ts';
import type { MediaTools } from '../media/index.ts';
import type { Store } from '../library/index.ts';
import { plural } from '../protocol/plural.ts';

/** What the checks look at. */
export interface DoctorDeps {
  libraryDir: string;
  store(): Store;
  /** Names of the bundles that can be used, the active one first. @throws LongviewError where there is none. */
  models(): Promise<string[]>;
  tools: () => Promise<MediaTools>;
  /** What the active bundle's self-test on this machine found. */
  selfTest(): Promise<{ patches: number | null; testedAt: string } | undefined>;
}

/** Less than this and an evening of footage may not fit into the feature cache. */
const littleSpaceBytes = 2e9;
const oldestNode = [22, 18] as const;

/** Looks for what Longview needs on this machine; every check that fails says what to do. */
export async function examine(deps: DoctorDeps): Promise<DoctorResult> {
  const checks: Check[] = [
    checkNode(process.versions.node),
    await attempt('ffmpeg', async () => {
      const { ffmpeg, ffprobe, version, source } = await deps.tools();
      const probe = ffprobe === undefined ? 'no ffprobe (not needed)' : `ffprobe ${ffprobe}`;
      return `${version} at ${ffmpeg} (${source}); ${probe}`;
    }),
    await checkCodecs(deps),
    await checkKinds(deps),
    ...(await checkProviders()),
    await attempt('models', async () => (await deps.models()).join(', ')),
    await attempt('context', async () => effectiveContext(await deps.selfTest())),
    await attempt('data folder', async () => {
      await mkdir(deps.libraryDir, { recursive: true });
      await access(deps.libraryDir, constants.W_OK);
      return `${deps.libraryDir}, ${plural(deps.store().videos().length, 'video')}`;
    }),
    await checkSpace(deps.libraryDir),
    ...checkLibrary(deps),
  ];
  return { ok: checks.every((check) => check.ok), checks };
}

/** What is wrong inside the library, a check each; that it can't be opened at all is told beside its folder. */
function checkLibrary(deps: DoctorDeps): Check[] {
  const name = 'library';
  try {
    const faults = deps.store().faults();
    if (faults.length === 0) return [{ name, ok: true, found: 'whole' }];
    return faults.map(({ message, remedy }) => ({ name, ok: false, found: message, remedy }));
  } catch {
    return [];
  }
}

function checkNode(version: string): Check {
  const [major, minor] = version.split('.').map(Number);
  const ok = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  return {
    name: 'Node.js',
    ok,
    found: version,
    ...(ok
      ? {}
      : { remedy: `Install Node.js ${oldestNode.join('.')} or newer, or run the set-up (npm run setup).` }),
  };
}

async function checkCodecs({ tools }: DoctorDeps): Promise<Check> {
  const name = 'codecs';
  try {
    const { listCodecs } = await import('../media/index.ts');
    const { decoders } = await listCodecs(await tools());
    const lacking = decoders.filter((codec) => !codec.available).map((codec) => codec.name);
    const found = `reads ${decoders
      .filter((codec) => codec.available)
      .map((codec) => codec.name)
      .join(', ')}`;
    if (lacking.length === 0) return { name, ok: true, found };
    return {
      name,
      ok: false,
      found: `${found}; not ${lacking.join(', ')}`,
      remedy: 'Install a complete ffmpeg if you have such footage.',
    };
  } catch (error) {
    return failedCheck(name, error);
  }
}

/** A film of each kind is made and looked at: builds of ffmpeg differ in more than what they list. */
async function checkKinds({ tools }: DoctorDeps): Promise<Check> {
  const name = 'kinds of files';
  try {
    const { tryMadeKinds } = await import('../media/index.ts');
    const kinds = await tryMadeKinds(await tools());
    const wrong = kinds.filter(({ problem }) => problem !== undefined);
    const works = kinds.filter(({ problem }) => problem === undefined).map((kind) => kind.name);
    const found = `reads and seeks in made films of ${works.join(', ')}`;
    if (wrong.length === 0) return { name, ok: true, found };
    return {
      name,
      ok: false,
      found: `${found}; not ${wrong.map((kind) => `${kind.name} (${kind.problem})`).join(', ')}`,
      remedy:
        'Install another ffmpeg (your system’s, say), or set FFMPEG_PATH to one, if you have such footage.',
    };
  } catch (error) {
    return failedCheck(name, error);
  }
}

/** One that doesn't work is no fault as long as another does: the CPU always should. */
async function checkProviders(): Promise<Check[]> {
  try {
    const { listProviders } = await import('../inference/providers.ts');
    const reports = await listProviders();
    return reports.map(({ provider, works, found, remedy }) => ({
      name: `execution provider ${provider}`,
      ok: works || provider !== 'cpu',
      found: works ? found : `not usable: ${found}`,
      ...(works || provider === 'cpu' ? {} : { unused: true }),
      ...(works || remedy === undefined ? {} : { remedy }),
    }));
  } catch (error) {
    return [failedCheck('execution providers', error)];
  }
}

function effectiveContext(found: { patches: number | null; testedAt: string } | undefined): string {
  if (!found)
    return 'effective length not measured yet, the trained length is used; "longview selftest" measures it';
  const { patches, testedAt } = found;
  const when = `by the self-test of ${testedAt.slice(0, 10)}`;
  return patches === null
    ? `the trained length is used: no length passed, ${when}`
    : `effective length ${plural(patches, 'temporal patch')}, ${when}`;
}

async function checkSpace(folder: string): Promise<Check> {
  return attempt('free disk', async () => {
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const found = `${(free / 1e9).toFixed(1)} GB`;
    if (free >= littleSpaceBytes) return found;
    throw new LongviewError(
      'disk-full',
      found,
      'Free some space, or choose a library folder on another disk.',
    );
  });
}

async function attempt(name: string, look: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, found: await look() };
  } catch (error) {
    return failedCheck(name, error);
  }
}

function failedCheck(name: string, error: unknown): Check {
  if (error instanceof LongviewError) return { name, ok: false, found: error.message, remedy: error.remedy };
  return {
    name,
    ok: false,
    found: error instanceof Error ? error.message : String(error),
    remedy: 'Run the set-up again (npm run setup).',
  };
}
