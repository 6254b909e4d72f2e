import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { verifyBundle } from '../engine/inference/index.ts';
import { convertCheckpoint } from '../engine/convert/index.ts';

const fixture = fileURLToPath(new URL('fixtures/hope', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'longview-verify-'));
const bundle = join(root, 'fp32');
before(() =>
  convertCheckpoint({
    source: join(fixture, 'checkpoint'),
    target: bundle,
    precision: 'fp32',
    positions: 'hope',
  }),
);
after(() => rmSync(root, { recursive: true, force: true }));

describe('the public checkpoint, converted at fp32, against what the authors’ code computes', () => {
  it('agrees in all five variants: pixels, vision, positions, logits, generation', async () => {
    const found = await verifyBundle(bundle, fixture, { provider: 'cpu', threads: 1 });
    assert.equal(found.cases.length, 10);
    for (const one of found.cases) {
      assert.ok(one.pixels <= 1e-5, `${one.name}: pixels ${one.pixels}`);
      assert.ok(one.vision <= 1e-3, `${one.name}: vision ${one.vision}`);
      assert.ok(one.positions <= 1e-5, `${one.name}: positions ${one.positions}`);
      assert.ok(one.logits <= 1e-3, `${one.name}: logits ${one.logits}`);
      assert.equal(one.argmaxAgreement, 1, one.name);
      assert.ok(one.generatedEqual, one.name);
    }
    assert.equal(found.ok, true);
    assert.deepEqual([found.provider, found.precision], ['cpu', 'fp32']);
  });

  it('is seen to disagree where it does: another variant’s numbers are not accepted', async () => {
    const wrong = join(root, 'wrong');
    cpSync(fixture, wrong, { recursive: true });
    const cases = readFileSync(join(wrong, 'cases.json'), 'utf8').replace(
      '"variant": "m-rope"',
      '"variant": "rope"',
    );
    writeFileSync(join(wrong, 'cases.json'), cases);
    const found = await verifyBundle(bundle, wrong, { provider: 'cpu', threads: 1 });
    const swapped = found.cases.find(({ name }) => name === 'video.m-rope');
    assert.ok(swapped && swapped.positions >= 1 && swapped.logits > 1e-3);
    assert.equal(found.worst.logits, swapped.logits);
    assert.equal(found.ok, false);
  });
});

describe('a fixture that can’t be used', () => {
  it('is refused with the reason', async () => {
    const broken = join(root, 'broken');
    cpSync(fixture, broken, { recursive: true });
    truncateSync(join(broken, 'fixture.safetensors'), 10_000);
    await assert.rejects(verifyBundle(bundle, broken), { code: 'file-unreadable', message: /cut short/u });
    writeFileSync(join(broken, 'cases.json'), '[]');
    await assert.rejects(verifyBundle(bundle, broken), { code: 'file-unreadable', message: /cases\.json/u });
    await assert.rejects(verifyBundle(bundle, join(root, 'nowhere')), { code: 'file-unreadable' });
  });
});
