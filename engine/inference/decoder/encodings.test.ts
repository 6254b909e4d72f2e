import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  gammaVariants,
  positionVariants,
  type BundleManifest,
  type PositionVariant,
} from '../../protocol/bundle.ts';
import { noise, tinyDecoder, writeTinyBundle } from '../../../tests/support/tiny-bundle.ts';
import { positionIds, PositionWalk } from '../../hope/index.ts';
import { openModel, type OpenedModel } from '../model.ts';
import { Tokenizer } from '../text/tokenizer.ts';
import type { PromptPart } from '../types.ts';
import { positionOptions, promptPositions } from './prefill.ts';
import { assemblePrompt } from './prompt.ts';

const root = mkdtempSync(join(tmpdir(), 'longview-encodings-'));
const opened: OpenedModel[] = [];
after(async () => {
  for (const model of opened) await model[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

type Positions = NonNullable<BundleManifest['decoder']>['positions'];

let bundles = 0;
/** A tiny random bundle with an encoding; the weights are the same each time. */
async function bundleWith(
  positions: Partial<Positions>,
  timestamps = false,
  decoder: Parameters<typeof writeTinyBundle>[1] & object = {},
) {
  const folder = join(root, String(++bundles));
  const manifest = await writeTinyBundle(folder, {
    ...decoder,
    change: (one) => {
      Object.assign(one.decoder!.positions, positions);
      if (timestamps) one.tokens!.timestamps = true;
    },
  });
  const model = await openModel(folder, { provider: 'cpu', threads: 1 });
  opened.push(model);
  assert.ok(model.decoder);
  return { decoder: model.decoder, manifest, folder };
}

function video(times?: readonly number[]): PromptPart {
  const next = noise(3);
  const one = () => Float32Array.from({ length: 12 * tinyDecoder.hiddenSize }, next);
  return { kind: 'video', patches: Array.from({ length: 6 }, one), grid: [3, 4], times };
}

/** The probability of one answer: another one where anything of the positions is. */
async function score(
  { decoder }: Awaited<ReturnType<typeof bundleWith>>,
  gamma = 1,
  times?: readonly number[],
): Promise<number> {
  const parts: PromptPart[] = [video(times), { kind: 'text', text: 'what?' }];
  const [{ logProbability }] = await decoder.score({ parts, gamma }, ['yes']);
  assert.ok(Number.isFinite(logProbability));
  return logProbability;
}

/** Bundles as they are imported: in Qwen3-VL's layout each temporal patch is its own segment behind its time. */
const layouts: [PositionVariant, boolean][] = [
  ...positionVariants.map((variant): [PositionVariant, boolean] => [variant, false]),
  ['m-rope-interleaved', true],
];

describe('gamma', () => {
  for (const [variant, timestamps] of layouts)
    it(`${gammaVariants.includes(variant) ? 'changes' : 'does nothing to'} an answer’s positions in ${variant}${timestamps ? ' with times as text' : ''}`, async () => {
      const bundle = await bundleWith({ variant }, timestamps);
      const tokenizer = await Tokenizer.open(bundle.folder);
      const parts: PromptPart[] = [video(), { kind: 'text', text: 'what?' }];
      const { decoder, tokens } = bundle.manifest as Required<BundleManifest>;
      const prompt = assemblePrompt(parts, tokenizer, tokens, decoder);
      const seen = [0.5, 0.75, 1, 1.5].map((gamma) => {
        const { t, h, w, next } = positionIds(
          prompt.layout,
          promptPositions(prompt, positionOptions(decoder, gamma)),
        );
        return JSON.stringify([[...t], [...h], [...w], next]);
      });
      const different = gammaVariants.includes(variant) ? 4 : 1;
      assert.equal(new Set(seen).size, different);
      const scores = [await score(bundle, 0.5), await score(bundle, 1), await score(bundle, 1.5)];
      assert.equal(new Set(scores).size, Math.min(3, different));
    });

  it('keeps every time next to the patch that it tells of, and words a step apart', async () => {
    const bundle = await bundleWith({ variant: 'm-rope-interleaved' }, true);
    const tokenizer = await Tokenizer.open(bundle.folder);
    const { decoder, tokens } = bundle.manifest as Required<BundleManifest>;
    const prompt = assemblePrompt([video()], tokenizer, tokens, decoder);
    const walk = new PositionWalk(positionOptions(decoder, 1.5));
    for (const segment of prompt.layout) {
      const before = walk.next;
      const { t } = walk.take(segment);
      assert.equal(t[0], before);
      if (segment[0] === 'text')
        assert.deepEqual(
          t,
          Float64Array.from(t, (_, k) => before + k),
        );
      else assert.equal(walk.next, before + 1.5 * 4);
    }
  });
});

describe('options of a bundle reach its positions', () => {
  const changes: [PositionVariant, Partial<Positions>][] = [
    ['m-rope-time', { tokensPerSecond: 5 }],
    ['m-rope-interleaved', { spatialReset: true }],
    ['v2pe', { stride: 2 }],
    ['cope', { taper: 3 }],
    ['cope-hard', { taper: 3 }],
    ['videorope++', { ntkFactor: 16 }],
    ['videorope++', { ntkFactor: 2, trainedLength: 64 }],
  ];
  for (const [variant, options] of changes)
    it(`${variant}: ${Object.keys(options).join(' and ')}`, async () => {
      const plain = await score(await bundleWith({ variant }));
      assert.notEqual(await score(await bundleWith({ variant, ...options })), plain);
    });

  it('a share of a head: the graph’s tables are as wide as what turns', async () => {
    const half = { rotaryFraction: 0.5, sections: [2, 1, 1] } as Partial<Positions>;
    const bundle = await bundleWith({ variant: 'm-rope-interleaved', ...half }, false, {
      decoder: { rotaryDim: tinyDecoder.headDim / 2 },
    });
    assert.notEqual(await score(bundle, 0.5), await score(bundle, 1.5));
    const wrong = await bundleWith({ variant: 'm-rope-interleaved', ...half });
    await assert.rejects(score(wrong), {
      code: 'bad-bundle',
      message: /cos is \[\?, 16\] where .* \[\?, 8\]/u,
    });
  });

  it('an option of another encoding changes nothing', async () => {
    const plain = await score(await bundleWith({ variant: 'hope' }));
    const others = { tokensPerSecond: 5, spatialReset: true, stride: 2, taper: 3, ntkFactor: 2 };
    assert.equal(await score(await bundleWith({ variant: 'hope', ...others })), plain);
  });

  it('times: m-rope-time goes by the seconds between patches, one second where nobody says', async () => {
    const bundle = await bundleWith({ variant: 'm-rope-time' });
    const unsaid = await score(bundle);
    assert.equal(await score(bundle, 1, [0, 1, 2, 3, 4, 5]), unsaid);
    assert.notEqual(await score(bundle, 1, [0, 4, 8, 12, 16, 20]), unsaid);
    const other = await bundleWith({ variant: 'm-rope' });
    assert.equal(await score(other, 1, [0, 4, 8, 12, 16, 20]), await score(other));
  });
});

describe('a prompt with times as text', () => {
  it('has each patch behind its time, between its own marks', async () => {
    const { manifest, folder } = await bundleWith({}, true);
    const tokenizer = await Tokenizer.open(folder);
    const { decoder, tokens } = manifest as Required<BundleManifest>;
    const part = { ...(video([0.25, 1.75, 60.04]) as PromptPart & { kind: 'video' }) };
    const prompt = assemblePrompt(
      [
        { kind: 'text', text: 'Look: ' },
        { ...part, patches: part.patches.slice(0, 3) },
      ],
      tokenizer,
      tokens,
      decoder,
    );
    const texts = prompt.stretches.flatMap((one) =>
      one.kind === 'ids' ? [tokenizer.decode([...one.ids])] : [],
    );
    const ids = prompt.stretches.flatMap((one) => (one.kind === 'ids' ? [...one.ids] : []));
    assert.match(texts[0], /Look: <0\.2 seconds>/u);
    assert.match(texts[1], /<1\.8 seconds>/u);
    assert.match(texts[2], /<60\.0 seconds>/u);
    assert.equal(ids.filter((id) => id === tokens.visionStart).length, 3);
    assert.equal(ids.filter((id) => id === tokens.visionEnd).length, 3);
    assert.deepEqual(
      prompt.layout.filter(([kind]) => kind === 'video'),
      Array.from({ length: 3 }, () => ['video', 1, 3, 4]),
    );
  });
});

describe('a bundle whose positions don’t hold', () => {
  const wrong: [Partial<Positions>, RegExp][] = [
    [{ sections: [1, 1, 1] }, /sections sum to 3/u],
    [{ rotaryFraction: 0.3 }, /rotaryFraction.*0\.3/u],
    [{ rotaryFraction: 0.5 }, /sections sum to 8, not to headDim x rotaryFraction \/ 2 = 4/u],
    [{ taper: -1 }, /taper/u],
    [{ variant: 'yarn' as 'hope' }, /variant/u],
  ];
  for (const [positions, message] of wrong)
    it(`is refused: ${JSON.stringify(positions)}`, async () => {
      await assert.rejects(bundleWith(positions), { code: 'bad-bundle', message });
    });
});
