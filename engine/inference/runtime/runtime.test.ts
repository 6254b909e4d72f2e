import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LongviewError } from '../../protocol/errors.ts';
import { Lazy } from './lazy.ts';
import type { ProviderName } from './provider-names.ts';
import { Runtime } from './runtime.ts';
import { ProviderFailure } from './session.ts';

/** A machine with a WebGPU that passes its self-test. */
const providers = {
  offered: () => ['webgpu', 'cpu'].map((name) => ({ name, bundled: true })),
  probe: async () => ({ worst: 1e-6, speedup: 9 }),
};

/** Work that fails on WebGPU. */
function failing(runtime: Runtime, reason: string) {
  const ran: ProviderName[] = [];
  const work = async () => {
    const { provider } = await runtime.chosen();
    ran.push(provider);
    if (provider === 'webgpu') throw new ProviderFailure('webgpu', 'run decoder.onnx', new Error(reason));
    return 'done';
  };
  return { ran, work };
}

describe('a provider that fails', () => {
  it('gives way to the CPU under auto, with a visible reason, and what it held is freed first', async () => {
    for (const reason of ['device lost', 'Failed to allocate memory for buffer']) {
      const notices: string[] = [];
      const runtime = new Runtime({ providers, onNotice: (notice) => notices.push(notice) });
      const { ran, work } = failing(runtime, reason);
      let freed = 0;
      const free = async () => {
        freed++;
        assert.deepEqual(ran, ['webgpu']);
      };
      assert.equal(await runtime.attempt(work, free), 'done');
      assert.equal(freed, 1);
      assert.deepEqual(ran, ['webgpu', 'cpu']);
      assert.match(notices[0], /^Running on webgpu: works, 9\.0 times/u);
      assert.ok(notices[1].startsWith('Continuing on the CPU: webgpu could not run decoder.onnx: ' + reason));
      // It stays there.
      assert.equal(await runtime.attempt(work, free), 'done');
      assert.deepEqual(ran, ['webgpu', 'cpu', 'cpu']);
    }
  });

  it('is an error when it was chosen by name', async () => {
    const runtime = new Runtime({ providers, provider: 'webgpu' });
    const { ran, work } = failing(runtime, 'device lost');
    await assert.rejects(
      runtime.attempt(work, async () => undefined),
      (error) =>
        error instanceof LongviewError &&
        error.code === 'provider-unavailable' &&
        error.message.includes('device lost'),
    );
    assert.deepEqual(ran, ['webgpu']);
  });

  it('says so when memory ran out on the CPU, and hides no bug', async () => {
    const runtime = new Runtime({ provider: 'cpu' });
    const fail = (reason: string) => () =>
      Promise.reject(new ProviderFailure('cpu', 'run decoder.onnx', new Error(reason)));
    const free = async () => undefined;
    await assert.rejects(runtime.attempt(fail('std::bad_alloc'), free), { code: 'context-too-long' });
    await assert.rejects(runtime.attempt(fail('Invalid rank for input'), free), ProviderFailure);
    const bug = new TypeError('a bug');
    await assert.rejects(
      runtime.attempt(() => Promise.reject(bug), free),
      (error) => error === bug,
    );
  });

  it('may work the next time: a failed choice is not remembered', async () => {
    let works = false;
    const probe = async () => (works ? { worst: 0, speedup: 2 } : { failed: 'busy' });
    const runtime = new Runtime({ provider: 'webgpu', providers: { ...providers, probe } });
    await assert.rejects(runtime.chosen(), { code: 'provider-unavailable' });
    works = true;
    assert.equal((await runtime.chosen()).provider, 'webgpu');
  });
});

describe('something opened when it is first needed', () => {
  const thing = (closed: string[], name = 'thing') => ({
    name,
    [Symbol.asyncDispose]: async () => void closed.push(name),
  });

  it('is opened once, however many ask, and closed once', async () => {
    const closed: string[] = [];
    let opened = 0;
    const lazy = new Lazy(async () => thing(closed, `thing ${++opened}`));
    const [a, b] = await Promise.all([lazy.get(), lazy.get()]);
    assert.equal(a, b);
    await lazy[Symbol.asyncDispose]();
    await lazy[Symbol.asyncDispose]();
    assert.deepEqual(closed, ['thing 1']);
    assert.equal((await lazy.get()).name, 'thing 2');
  });

  it('is tried again after a failure', async () => {
    let tries = 0;
    const lazy = new Lazy(async () => {
      if (++tries === 1) throw new Error('not yet');
      return thing([]);
    });
    await assert.rejects(lazy.get(), /not yet/u);
    assert.equal((await lazy.get()).name, 'thing');
  });

  it('that was never opened is closed without opening it', async () => {
    const lazy = new Lazy(async () => assert.fail('opened'));
    await lazy[Symbol.asyncDispose]();
  });
});
