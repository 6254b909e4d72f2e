import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { LongviewError } from '../protocol/errors.ts';
import { chooseProvider, listProviders, type ProviderName } from './providers.ts';
import { probe, type Probe } from './runtime/probe.ts';
import { selfTest } from './runtime/self-test.ts';

const folder = mkdtempSync(join(tmpdir(), 'longview-providers-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A machine where each provider's probe finds what is given. */
function machine(found: Partial<Record<ProviderName, Probe>>) {
  return {
    offered: () => [...Object.keys(found), 'cpu'].map((name) => ({ name, bundled: true })),
    probe: async (provider: ProviderName) => found[provider] as Probe,
  };
}

describe('auto', () => {
  it('takes the fastest provider that gives the CPU’s numbers', async () => {
    const deps = machine({
      cuda: { worst: 2, speedup: 50 },
      webgpu: { worst: 1e-5, speedup: 8 },
      coreml: { worst: 1e-5, speedup: 3 },
    });
    assert.equal((await chooseProvider('auto', deps)).provider, 'webgpu');
  });

  it('stays on the CPU when the others are slower or fail, and says why', async () => {
    const chosen = await chooseProvider(
      'auto',
      machine({ cuda: { failed: 'Failed to load shared library' }, webgpu: { worst: 1e-6, speedup: 0.01 } }),
    );
    assert.equal(chosen.provider, 'cpu');
    assert.match(chosen.reason, /cuda: Failed to load/u);
    assert.match(chosen.reason, /webgpu: works, 0\.010 times/u);
  });

  it('does not trust numbers that are not numbers', async () => {
    const [report] = await listProviders(machine({ webgpu: { worst: NaN, speedup: 8 } }));
    assert.equal(report?.works, false);
  });
});

describe('a provider by name', () => {
  it('must pass its self-test, however slow it is', async () => {
    const slow = machine({ webgpu: { worst: 1e-5, speedup: 0.01 } });
    assert.equal((await chooseProvider('webgpu', slow)).provider, 'webgpu');
    for (const found of [{ failed: 'no adapter' }, { worst: 0.5, speedup: 9 }]) {
      await assert.rejects(chooseProvider('webgpu', machine({ webgpu: found })), {
        code: 'provider-unavailable',
      });
    }
    assert.equal((await chooseProvider('cpu')).provider, 'cpu');
  });

  it('says how many tokens it may read at once, where more go wrong', async () => {
    const limited = machine({ webgpu: { worst: 1e-5, speedup: 5, mostTokens: 16 } });
    for (const choice of ['webgpu', 'auto'] as const) {
      const chosen = await chooseProvider(choice, limited);
      assert.equal(chosen.mostTokens, 16);
      assert.match(chosen.reason, /at most 16 tokens at once/u);
    }
  });

  it('is refused when unknown or not offered', async () => {
    await assert.rejects(
      chooseProvider('gpu' as 'webgpu'),
      (e) => e instanceof LongviewError && e.code === 'bad-argument' && e.message.includes('"gpu"'),
    );
    await assert.rejects(chooseProvider('dml', machine({})), { code: 'provider-unavailable' });
  });
});

describe('the list for doctor', () => {
  it('has every offered provider with what was seen and a remedy for those that fail', async () => {
    const reports = await listProviders(machine({ cuda: { failed: 'no library' } }));
    assert.deepEqual(
      reports.map(({ provider }) => provider),
      ['cuda', 'cpu'],
    );
    assert.match(reports[0]?.remedy ?? '', /CUDA 12/u);
    assert.equal(reports[1]?.works, true);
  });
});

describe('probing in a process of its own', () => {
  const child = (name: string, code: string) => {
    const path = join(folder, `${name}.mjs`);
    writeFileSync(path, code);
    return path;
  };
  it('survives a driver that crashes, one that never answers and one that talks nonsense', async () => {
    const crash = await probe('webgpu', {
      child: child('crash', 'console.error("no GPU"); process.kill(process.pid, "SIGSEGV");'),
    });
    assert.match((crash as { failed: string }).failed, /SIGSEGV.*no GPU/u);
    const hang = await probe('webgpu', {
      limitMs: 300,
      child: child('hang', 'setInterval(() => {}, 1000);'),
    });
    assert.match((hang as { failed: string }).failed, /no answer within 0\.3 s/u);
    const nonsense = await probe('webgpu', { child: child('nonsense', 'process.send({ found: "gold" });') });
    assert.match((nonsense as { failed: string }).failed, /makes no sense/u);
  });
  it('reports a provider whose driver is missing', async () => {
    const found = await probe('webgpu', { env: { VK_DRIVER_FILES: join(folder, 'none.json') } });
    if ('failed' in found) assert.match(found.failed, /adapter|ended/u);
    // Metal and Direct3D don't look at Vulkan's variable; there the real adapter answers.
    else assert.ok(process.platform !== 'linux');
  });
});

it('the self-test passes on the CPU itself', async () => {
  const found = await selfTest('cpu');
  assert.equal(found.worst, 0);
});
