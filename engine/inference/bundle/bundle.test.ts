import assert from 'node:assert/strict';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { BundleManifest } from '../../protocol/bundle.ts';
import { LongviewError } from '../../protocol/errors.ts';
import { GraphBuilder } from '../../convert/onnx/graph.ts';
import { writeManifest, writeTinyBundle } from '../../../tests/support/tiny-bundle.ts';
import { openBundle } from './bundle.ts';
import { readManifest } from './manifest.ts';

let root: string;
let count = 0;
before(async () => {
  root = mkdtempSync(join(tmpdir(), 'longview-bundle-'));
  await writeTinyBundle(join(root, 'good'), { vision: true });
});
after(() => rmSync(root, { recursive: true, force: true }));

/** A copy of the good bundle, to be broken. */
function copy(): string {
  const folder = join(root, `broken-${count++}`);
  cpSync(join(root, 'good'), folder, { recursive: true });
  return folder;
}

/** A copy whose manifest was changed; hashes are made anew where `rehash` says so. */
function changed(change: (manifest: BundleManifest) => void, rehash = false): string {
  const folder = copy();
  const manifest = JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8')) as BundleManifest;
  if (rehash) manifest.files = [];
  change(manifest);
  writeManifest(folder, manifest);
  return folder;
}

async function refuses(folder: string, reason: RegExp): Promise<void> {
  await assert.rejects(openBundle(folder), (error) => {
    assert.ok(error instanceof LongviewError, String(error));
    assert.equal(error.code, 'bad-bundle');
    assert.match(error.message, reason);
    assert.notEqual(error.remedy, '');
    return true;
  });
}

describe('a sound bundle', () => {
  it('opens, and its fingerprint changes with its content only', async () => {
    const bundle = await openBundle(join(root, 'good'));
    assert.equal(bundle.manifest.id, 'tiny');
    assert.equal((await openBundle(copy())).fingerprint, bundle.fingerprint);
    const renamed = changed((manifest) => (manifest.name = 'Another'));
    assert.equal((await openBundle(renamed)).fingerprint, bundle.fingerprint);
    const other = changed((manifest) => (manifest.id = 'another'));
    assert.notEqual((await openBundle(other)).fingerprint, bundle.fingerprint);
    assert.equal((await readManifest(join(root, 'good'))).fingerprint, bundle.fingerprint);
  });

  it('is hashed once when the caller keeps a hash cache, and again when a file changes', async () => {
    const folder = copy();
    const hashCache = join(root, 'cache', 'hashes.json');
    await openBundle(folder, { hashCache });
    const remembered = readFileSync(hashCache, 'utf8');
    assert.match(remembered, /decoder\.onnx/u);
    // A cache that claims another hash is believed as long as size and time are the same: so it was used.
    writeFileSync(
      hashCache,
      remembered.replaceAll(/"sha256":"[0-9a-f]{64}"/gu, `"sha256":"${'0'.repeat(64)}"`),
    );
    await assert.rejects(openBundle(folder, { hashCache }), /wrong hash/u);
    const later = new Date(Date.now() + 60_000);
    for (const { path } of (await readManifest(folder)).manifest.files)
      utimesSync(join(folder, path), later, later);
    await openBundle(folder, { hashCache });
  });

  it('opens with a damaged hash cache, and stops when cancelled', async () => {
    const hashCache = join(root, 'damaged.json');
    writeFileSync(hashCache, '{"format":1,');
    await openBundle(join(root, 'good'), { hashCache });
    await assert.rejects(openBundle(join(root, 'good'), { signal: AbortSignal.abort() }), {
      code: 'cancelled',
    });
  });
});

describe('a bundle is refused with the reason', () => {
  it('when there is no manifest, or it is not one', async () => {
    await refuses(join(root, 'nowhere'), /no readable bundle\.json/u);
    const folder = copy();
    writeFileSync(join(folder, 'bundle.json'), '{"format": 1,');
    await refuses(folder, /is not JSON/u);
    await refuses(
      changed((m) => ((m as Record<string, unknown>).surprise = 1)),
      /surprise/u,
    );
  });

  it('when its position variant is unknown', async () => {
    await refuses(
      changed((m) => (m.decoder!.positions.variant = 'nope' as 'hope')),
      /variant/u,
    );
  });

  it('when a path leads outside its folder', async () => {
    await refuses(
      changed((m) => (m.files[0].path = '../decoder.onnx')),
      /plain file name/u,
    );
    await refuses(
      changed((m) => (m.decoder!.graph = '/etc/passwd')),
      /plain file name/u,
    );
    const folder = copy();
    writeFileSync(join(root, 'elsewhere.json'), readFileSync(join(folder, 'tokenizer.json')));
    rmSync(join(folder, 'tokenizer.json'));
    symlinkSync(join(root, 'elsewhere.json'), join(folder, 'tokenizer.json'));
    await refuses(folder, /tokenizer\.json lies outside/u);
  });

  it('when a file is missing, truncated or has another hash', async () => {
    const missing = copy();
    rmSync(join(missing, 'embed.onnx'));
    await refuses(missing, /embed\.onnx is missing/u);
    const truncated = copy();
    truncateSync(join(truncated, 'decoder.onnx'), 1000);
    await refuses(truncated, /decoder\.onnx has 1000 bytes instead of \d+ \(truncated\?\)/u);
    const flipped = copy();
    const bytes = readFileSync(join(flipped, 'vision.onnx'));
    bytes[bytes.length - 100] ^= 1;
    writeFileSync(join(flipped, 'vision.onnx'), bytes);
    await refuses(flipped, /vision\.onnx has the wrong hash/u);
  });

  it('when a graph is truncated and the manifest was made to fit', async () => {
    const folder = copy();
    truncateSync(join(folder, 'decoder.onnx'), 1000);
    const manifest = JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8')) as BundleManifest;
    writeManifest(folder, { ...manifest, files: [] });
    await refuses(folder, /decoder\.onnx is damaged or truncated/u);
  });

  it('when sizes and shapes are absurd or contradict each other', async () => {
    await refuses(
      changed((m) => (m.decoder!.hiddenSize = 10_000_000)),
      /hiddenSize 10000000 is absurd/u,
    );
    await refuses(
      changed((m) => (m.decoder!.layers = -1)),
      /layers/u,
    );
    await refuses(
      changed((m) => (m.decoder!.layers = 100_000)),
      /layers/u,
    );
    await refuses(
      changed((m) => (m.decoder!.kvHeads = 3)),
      /multiple of kvHeads/u,
    );
    await refuses(
      changed((m) => (m.decoder!.positions.sections = [1, 1, 1])),
      /sections sum to 3/u,
    );
    await refuses(
      changed((m) => (m.tokens!.stop = [400])),
      /400 is outside the vocabulary/u,
    );
    await refuses(
      changed((m) => (m.vision!.minPixels = 2_000_000)),
      /minPixels/u,
    );
  });

  it('when it lacks what it says it can do', async () => {
    await refuses(
      changed((m) => m.can.push('embed')),
      /"embed", so it needs/u,
    );
    await refuses(
      changed((m) => m.can.push('detect')),
      /"detect", so it needs eyes/u,
    );
    await refuses(
      changed((m) => (m.files = m.files.filter((f) => f.path !== 'embed.onnx'))),
      /does not list embed\.onnx/u,
    );
    await refuses(
      changed((m) => m.files.push(m.files[0])),
      /twice/u,
    );
  });

  it('when a graph takes its weights from outside, from beyond a file, or with an absurd shape', async () => {
    const graph = (location: string, offset: number, dims: number[]) => {
      const builder = new GraphBuilder('g');
      const length = dims.reduce((a, b) => a * b, 1) * 4;
      const weights = builder.constant('w', 'float32', dims, { location, offset, length });
      builder.nodes('Identity', [weights], ['y']);
      builder.output('y', 'float32', dims);
      return builder.encode();
    };
    const withGraph = (bytes: Uint8Array) => {
      const folder = copy();
      writeFileSync(join(folder, 'decoder.onnx'), bytes);
      const manifest = JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8')) as BundleManifest;
      writeManifest(folder, { ...manifest, files: [] });
      return folder;
    };
    await openBundle(withGraph(graph('tokenizer.json', 0, [4, 2])));
    await refuses(
      withGraph(graph('../elsewhere.bin', 0, [4, 2])),
      /"\.\.\/elsewhere\.bin", which is not a file/u,
    );
    await refuses(
      withGraph(graph('tokenizer.json', 1_000_000, [4, 2])),
      /beyond the end of tokenizer\.json/u,
    );
    await refuses(withGraph(graph('tokenizer.json', 0, [2 ** 30, 2 ** 20])), /absurd shape/u);
  });
});
