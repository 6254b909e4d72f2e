import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bundleSchema, type BundleManifest } from '../../protocol/bundle.ts';
import { writeManifest, writeTinyBundle } from '../../../tests/support/tiny-bundle.ts';
import { openModel } from '../model.ts';
import { readManifest } from './manifest.ts';

let folder: string;
let plain: BundleManifest;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'longview-numbers-'));
  await writeTinyBundle(folder, { vision: true });
  plain = JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8')) as BundleManifest;
});
after(() => rmSync(folder, { recursive: true, force: true }));

const own = {
  calibration: { scene: { similarity: 100, standout: 0, bias: -12 } },
  queries: { templates: ['this is a photo of {query}.'] },
  vocabulary: { kinds: ['animal'], names: ['camel'] },
};

describe('the words and numbers of a bundle', () => {
  it('come with its model when it is opened', async () => {
    writeManifest(folder, { ...plain, ...own });
    const model = await openModel(folder, { provider: 'cpu', threads: 1 });
    try {
      const { calibration, queries, vocabulary } = model;
      assert.deepEqual({ calibration, queries, vocabulary }, own);
    } finally {
      await model[Symbol.asyncDispose]();
    }
  });

  it('change how it is read, and never the index that was made with it', async () => {
    const seen = new Set<string>();
    const readings = new Set<string>();
    for (const more of [{}, own, { ...own, queries: { templates: ['{query}'] } }]) {
      writeManifest(folder, { ...plain, ...more });
      const { fingerprint, reading } = await readManifest(folder);
      seen.add(fingerprint);
      readings.add(reading);
    }
    assert.equal(seen.size, 1);
    assert.equal(readings.size, 3);
  });

  it('are refused where they are no such numbers', () => {
    const wrong: unknown[] = [
      { calibration: { scene: { similarity: 1, standout: 0 } } },
      { calibration: { scene: { similarity: '1', standout: 0, bias: 0 } } },
      { calibration: { background: { mean: 0, deviation: 0, patches: 1 } } },
      { calibration: { object: { slope: 12, middle: 1.5, counted: 0.2 } } },
      { calibration: { sceen: {} } },
      { queries: { templates: [] } },
      { queries: { templates: ['a photo'] } },
      { queries: { templates: ['{query} or {query}'] } },
      { vocabulary: { kinds: [''] } },
    ];
    assert.ok(bundleSchema.safeParse({ ...plain, ...own }).success);
    for (const part of wrong)
      assert.ok(!bundleSchema.safeParse({ ...plain, ...(part as object) }).success, JSON.stringify(part));
  });
});
