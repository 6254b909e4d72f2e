import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { verifyBundle } from '../engine/inference/index.ts';
import { convertCheckpoint } from '../engine/convert/index.ts';
import { positionVariants } from '../engine/protocol/bundle.ts';

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'longview-families-'));
after(() => rmSync(root, { recursive: true, force: true }));

const options = { provider: 'cpu', threads: 1 } as const;
type Precision = 'fp32' | 'fp16' | 'int8' | 'int4';
const bundleOf = (family: string, precision: Precision) => join(root, `${family}-${precision}`);
const convert = (family: string, precision: Precision) =>
  convertCheckpoint({
    source: join(fixtures, family, 'checkpoint'),
    target: bundleOf(family, precision),
    precision,
  });

before(async () => {
  for (const family of ['qwen2.5-vl', 'qwen3-vl']) await convert(family, 'fp32');
});

async function exact(bundle: string, fixture: string): Promise<string[]> {
  const found = await verifyBundle(bundle, join(fixtures, fixture), options);
  for (const one of found.cases) {
    assert.ok(one.pixels <= 1e-6, `${one.name}: pixels ${one.pixels}`);
    assert.ok(one.vision <= 1e-4, `${one.name}: vision ${one.vision}`);
    assert.equal(one.positions, 0, one.name);
    assert.ok(one.logits <= 1e-4, `${one.name}: logits ${one.logits}`);
    assert.ok(one.generatedEqual, one.name);
  }
  assert.equal(found.ok, true);
  return found.cases.map(({ name }) => name);
}

describe('converted at fp32, against what transformers computes', () => {
  it('Qwen2.5-VL: windows, and time in seconds as the config counts them', async () => {
    assert.equal((await exact(bundleOf('qwen2.5-vl', 'fp32'), 'qwen2.5-vl')).length, 3);
  });
  it('Qwen3-VL: interleaved positions at two gammas, DeepStack, times as text, a tied output matrix', async () => {
    assert.equal((await exact(bundleOf('qwen3-vl', 'fp32'), 'qwen3-vl')).length, 3);
  });
  it('seven more encodings on one checkpoint, with options', async () => {
    assert.equal((await exact(bundleOf('qwen2.5-vl', 'fp32'), 'encodings')).length, 7);
  });
  it('all encodings that there are have a case', () => {
    const variants = ['hope', 'qwen2.5-vl', 'qwen3-vl', 'encodings'].flatMap((fixture) => {
      const cases = JSON.parse(readFileSync(join(fixtures, fixture, 'cases.json'), 'utf8')) as {
        variant: string;
      }[];
      return cases.map(({ variant }) => variant);
    });
    assert.deepEqual([...new Set(variants)].sort(), [...positionVariants].sort());
  });
});

/** Random tiny models have no opinion to keep: how far the precision moves their logits, and that pictures stay close. */
const apart = { fp16: 0.02, int8: 0.4, int4: 1.5 };
for (const family of ['qwen2.5-vl', 'qwen3-vl'])
  for (const precision of ['fp16', 'int8', 'int4'] as const)
    it(`${family} at ${precision} stays within ${apart[precision]} of transformers’ logits`, async () => {
      await convert(family, precision);
      const found = await verifyBundle(bundleOf(family, precision), join(fixtures, family), options);
      assert.equal(found.worst.positions, 0);
      assert.ok(found.worst.vision < 0.2, String(found.worst.vision));
      assert.ok(found.worst.logits > 0 && found.worst.logits < apart[precision], String(found.worst.logits));
      assert.ok(found.worst.argmaxAgreement >= (precision === 'fp16' ? 0.97 : 0.6));
    });

describe('a fixture that a bundle has nothing to do with', () => {
  const changed = (name: string, change: (cases: string) => string) => {
    const folder = join(root, name);
    cpSync(join(fixtures, 'qwen2.5-vl'), folder, { recursive: true });
    const path = join(folder, 'cases.json');
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    return folder;
  };
  const verify = (folder: string) => verifyBundle(bundleOf('qwen2.5-vl', 'fp32'), folder, options);

  it('of another model: it says so', async () => {
    await assert.rejects(verifyBundle(bundleOf('qwen2.5-vl', 'fp32'), join(fixtures, 'hope'), options), {
      code: 'file-unreadable',
      message: /recorded with another model/u,
    });
    const other = await verifyBundle(bundleOf('qwen3-vl', 'fp32'), join(fixtures, 'qwen2.5-vl'), options);
    assert.equal(other.ok, false);
    assert.ok(other.worst.vision > 0.1);
  });
  it('of another encoding than it says: positions differ, and the note names the cases', async () => {
    const found = await verify(changed('other', (cases) => cases.replaceAll('"m-rope-time"', '"m-rope"')));
    assert.equal(found.ok, false);
    assert.match(found.note ?? '', /positions of .*video\.m-rope-time.* are others/u);
  });
  it('of other options than the bundle’s: likewise', async () => {
    const found = await verify(
      changed('options', (cases) => cases.replaceAll('"gamma": 1.0', '"gamma": 1.0, "tokensPerSecond": 2')),
    );
    assert.equal(found.ok, false);
    assert.match(found.note ?? '', /other options/u);
  });
  it('of encodings that aren’t the bundle’s own: what was proven is proven, and the note says what wasn’t', async () => {
    const found = await verifyBundle(bundleOf('qwen2.5-vl', 'fp32'), join(fixtures, 'encodings'), options);
    assert.equal(found.ok, true);
    assert.match(found.note ?? '', /No case .* own encoding, m-rope-time/u);
  });
  it('of an encoding that there isn’t: refused, with a list of what there is', async () => {
    await assert.rejects(
      verify(changed('unknown', (cases) => cases.replaceAll('"m-rope-time"', '"yarn"'))),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'file-unreadable');
        assert.match(error.message, /0\.variant: "yarn" is no encoding that there is \(rope, .*vrope\)/u);
        return true;
      },
    );
  });
});
