import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { positionVariants, type BundleManifest } from '../../protocol/bundle.ts';
import { LongviewError } from '../../protocol/errors.ts';
import { noise, tinyDecoder, writeTinyBundle } from '../../../tests/support/tiny-bundle.ts';
import { openModel, type OpenedModel, type OpenModelOptions } from '../model.ts';
import { Tokenizer } from '../text/tokenizer.ts';
import type { PromptPart, DecodeRequest } from '../types.ts';

const root = mkdtempSync(join(tmpdir(), 'longview-reader-'));
const opened: OpenedModel[] = [];
before(async () => {
  await writeTinyBundle(join(root, 'tiny'), { cache: 'shared' });
  await writeTinyBundle(join(root, 'growing'), { cache: 'growing' });
});
after(async () => {
  for (const model of opened) await model[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

async function open(options: OpenModelOptions = {}, bundle = 'tiny') {
  const model = await openModel(join(root, bundle), { provider: 'cpu', threads: 1, ...options });
  opened.push(model);
  assert.ok(model.decoder);
  return model.decoder;
}

/** A video of random visual tokens, [temporal patches] of 3 x 4. */
function video(patches: number, seed = 1): PromptPart {
  const next = noise(seed);
  const one = () => Float32Array.from({ length: 12 * tinyDecoder.hiddenSize }, next);
  return { kind: 'video', patches: Array.from({ length: patches }, one), grid: [3, 4] };
}

function question(text: string, patches = 20): DecodeRequest {
  return { parts: [video(patches), { kind: 'text', text }], gamma: 0.75, maxNewTokens: 12 };
}

describe('an answer', () => {
  it('is the same twice, comes in pieces, and says what it cost', async () => {
    const decoder = await open();
    const pieces: string[] = [];
    const first = await decoder.read({
      ...question('what is shown?'),
      onText: (piece) => pieces.push(piece),
    });
    assert.equal(pieces.join(''), first.text);
    assert.ok(pieces.every((piece) => piece !== ''));
    assert.equal(first.tokens, first.tokenIds?.length);
    assert.ok(first.tokens > 0 && first.tokens <= 12);
    assert.ok(first.promptTokens > 240);
    assert.ok(first.confidence > 0 && first.confidence <= 1);
    const again = await decoder.read(question('what is shown?'));
    assert.deepEqual(again.tokenIds, first.tokenIds);
    assert.equal(again.confidence, first.confidence);
  });

  it('depends on gamma, on the video and on its order', async () => {
    const decoder = await open();
    const base = await decoder.read(question('what?'));
    const score = async (request: DecodeRequest) =>
      (await decoder.score(request, ['yes']))[0]?.logProbability;
    const before = await score(question('what?'));
    assert.notEqual(await score({ ...question('what?'), gamma: 1.5 }), before);
    const turned = video(20) as PromptPart & { kind: 'video' };
    const backwards = { ...turned, patches: turned.patches.toReversed() };
    assert.notEqual(
      await score({ ...question('what?'), parts: [backwards, { kind: 'text', text: 'what?' }] }),
      before,
    );
    assert.equal(await score(question('what?')), before);
    assert.ok(base.tokens > 0);
  });

  it('ends at a stop token and never holds one', async () => {
    const stops: number[] = [];
    await writeTinyBundle(join(root, 'stops'), {
      // Every second token stops: random weights hit one soon.
      change: (manifest) =>
        stops.push(
          ...((manifest.tokens as NonNullable<BundleManifest['tokens']>).stop = Array.from(
            { length: 160 },
            (_, i) => 2 * i,
          )),
        ),
    });
    const decoder = await open({}, 'stops');
    const result = await decoder.read({ ...question('what?'), maxNewTokens: 200 });
    assert.ok(result.tokens < 200);
    assert.ok(result.tokenIds?.every((id) => !stops.includes(id)));
  });

  it('is drawn by temperature, top-p and seed: the same seed, the same answer', async () => {
    const decoder = await open();
    const draw = async (seed: number, topP = 1) =>
      (await decoder.read({ ...question('what?'), temperature: 2, topP, seed })).tokenIds;
    assert.deepEqual(await draw(7), await draw(7));
    assert.notDeepEqual(await draw(7), await draw(8));
    const greedy = (await decoder.read(question('what?'))).tokenIds;
    assert.deepEqual(await draw(3, 1e-6), greedy);
  });

  it('is the same however the prompt was cut into chunks', async () => {
    const whole = await (await open({ memory: 2 ** 30 })).score(question('what?', 60), ['yes', 'no']);
    const model = await openModel(join(root, 'tiny'), { provider: 'cpu', threads: 1, scoreBytes: 40_000 });
    opened.push(model);
    const chunked = await model.decoder!.score(question('what?', 60), ['yes', 'no']);
    for (const [i, { logProbability }] of whole.entries()) {
      assert.ok(Math.abs(logProbability - chunked[i].logProbability) < 1e-4);
    }
  });
});

describe('a second question on the same video', () => {
  it('reads the video from the cache, and answers exactly as when asked first', async () => {
    const warm = await open({ prefixMemory: 64 * 2 ** 20 });
    const cold = await open({ prefixMemory: 0 });
    for (const gamma of [0.75, 1.5]) {
      await warm.read({ ...question('what is shown?', 60), gamma });
      for (const text of ['is there a dog?', 'how many?', 'what is shown?']) {
        const second = await warm.read({ ...question(text, 60), gamma });
        const first = await cold.read({ ...question(text, 60), gamma });
        assert.ok((second.reusedTokens ?? 0) >= 720, `reused ${second.reusedTokens}`);
        assert.equal(first.reusedTokens, 0);
        assert.deepEqual(second.tokenIds, first.tokenIds);
        assert.equal(second.confidence, first.confidence);
        assert.deepEqual(
          await warm.score({ ...question(text, 60), gamma }, ['yes', 'no, never']),
          await cold.score({ ...question(text, 60), gamma }, ['yes', 'no, never']),
        );
      }
    }
  });

  it('does not take another video, another gamma or another grid for the same', async () => {
    const decoder = await open({ prefixMemory: 64 * 2 ** 20 });
    await decoder.read(question('what?'));
    const other = { ...question('what?'), parts: [video(20, 2), { kind: 'text' as const, text: 'what?' }] };
    assert.equal((await decoder.read(other)).reusedTokens, 0);
    assert.equal((await decoder.read({ ...question('what?'), gamma: 1 })).reusedTokens, 0);
    const turned = { ...(video(20) as PromptPart & { kind: 'video' }), grid: [4, 3] as const };
    const grid = { ...question('what?'), parts: [turned, { kind: 'text' as const, text: 'what?' }] };
    assert.equal((await decoder.read(grid)).reusedTokens, 0);
    assert.ok(((await decoder.read(question('why?'))).reusedTokens ?? 0) > 0);
  });

  it('reads again when memory for prefixes was too small for two videos', async () => {
    // 20 temporal patches are about 245 tokens of 512 bytes a token.
    const decoder = await open({ prefixMemory: 200_000 });
    const ask = async (seed: number) =>
      (
        await decoder.read({
          ...question('what?'),
          parts: [video(20, seed), { kind: 'text', text: 'what?' }],
        })
      ).reusedTokens;
    assert.equal(await ask(1), 0);
    assert.ok((await ask(1))! > 0);
    assert.equal(await ask(2), 0);
    assert.equal(await ask(1), 0);
  });
});

describe('what is refused', () => {
  it('a context longer than the model’s, with the number that fits', async () => {
    const decoder = await open();
    await assert.rejects(decoder.read(question('what?', 400)), (error) => {
      assert.ok(error instanceof LongviewError);
      assert.equal(error.code, 'context-too-long');
      assert.match(
        error.message,
        /the model takes 4096\. 4096 tokens would fit: \d+ of its 400 temporal patches/u,
      );
      return true;
    });
    const fits = await decoder.read(question('what?', 330));
    assert.ok(fits.promptTokens > 3900);
  });

  it('a context larger than memory, with the number that does fit', async () => {
    const decoder = await open({ memory: 1_500_000 });
    const limit = await decoder.longestContext();
    assert.ok(limit > 100 && limit < 4096, String(limit));
    const error = await decoder.read(question('what?', 200)).catch((e: unknown) => e);
    assert.ok(error instanceof LongviewError && error.code === 'context-too-long');
    const patches = error.details?.fittingPatches as number;
    assert.ok(error.message.includes(`${limit} tokens would fit`));
    await decoder.read(question('what?', patches));
    await assert.rejects(decoder.read(question('what?', patches + 1)), { code: 'context-too-long' });
  });

  it('wrong arguments, each quoted', async () => {
    const decoder = await open();
    const refuses = (change: Partial<DecodeRequest>, quoted: string) =>
      assert.rejects(
        decoder.read({ ...question('what?'), ...change }),
        (e) => e instanceof LongviewError && e.code === 'bad-argument' && e.message.includes(quoted),
      );
    await refuses({ gamma: 0 }, 'got 0');
    await refuses({ gamma: 'fast' as unknown as number }, '"fast"');
    await refuses({ maxNewTokens: 0 }, 'maxNewTokens');
    await refuses({ temperature: -1 }, 'got -1');
    await refuses({ topP: 2 }, 'got 2');
    await refuses({ seed: 0.5 }, '0.5');
    const wrong = { kind: 'video' as const, patches: [new Float32Array(7)], grid: [3, 4] as const };
    await refuses({ parts: [wrong] }, 'got 7');
    await assert.rejects(decoder.score(question('what?'), ['']), { code: 'bad-argument' });
  });

  it('special tokens in a user’s words: they are words', async () => {
    const decoder = await open();
    const tokens = await decoder.countTokens([{ kind: 'text', text: '<|im_end|>' }]);
    assert.ok(tokens > (await decoder.countTokens([{ kind: 'text', text: '' }])) + 1);
  });
});

describe('cancelling', () => {
  it('stops within one chunk, while reading and while answering, and the next question is answered', async () => {
    const decoder = await open();
    const expected = await decoder.read(question('what?', 200));
    const other = await openModel(join(root, 'tiny'), { provider: 'cpu', threads: 1, prefixMemory: 1e8 });
    opened.push(other);
    const chunks: number[] = [];
    const controller = new AbortController();
    const reading = other.decoder!.read({
      ...question('what?', 200),
      signal: controller.signal,
      onRead: (tokens) => {
        chunks.push(tokens);
        controller.abort();
      },
    });
    await assert.rejects(reading, { code: 'cancelled' });
    assert.equal(chunks.length, 1);
    const during = new AbortController();
    let pieces = 0;
    const answering = other.decoder!.read({
      ...question('what?', 200),
      signal: during.signal,
      onText: () => {
        pieces++;
        during.abort();
      },
    });
    await assert.rejects(answering, { code: 'cancelled' });
    assert.equal(pieces, 1);
    assert.deepEqual((await other.decoder!.read(question('what?', 200))).tokenIds, expected.tokenIds);
    await assert.rejects(other.decoder!.read({ ...question('what?'), signal: AbortSignal.abort() }), {
      code: 'cancelled',
    });
  });
});

it('a graph that gives whole caches at every run answers as one that gives new rows, warm as well as cold', async () => {
  const appending = await open({ prefixMemory: 64 * 2 ** 20 });
  const growing = await open({ prefixMemory: 64 * 2 ** 20 }, 'growing');
  const ask = (text: string) => ({ ...question(text, 60), gamma: 1.25 });
  for (const text of ['what is shown?', 'how many?']) {
    const [a, g] = [await appending.read(ask(text)), await growing.read(ask(text))];
    assert.deepEqual(g.tokenIds, a.tokenIds);
    assert.equal(g.confidence, a.confidence);
    assert.equal(g.reusedTokens, a.reusedTokens);
    assert.deepEqual(
      await growing.score(ask(text), ['yes', 'not at all']),
      await appending.score(ask(text), ['yes', 'not at all']),
    );
  }
});

it('requests that come at once are answered one after the other, each as when alone', async () => {
  const decoder = await open();
  const texts = ['what?', 'why?', 'who?'];
  const together = await Promise.all(texts.map((text) => decoder.read(question(text))));
  for (const [i, text] of texts.entries()) {
    assert.deepEqual((await decoder.read(question(text))).tokenIds, together[i]?.tokenIds);
  }
});

it('every position variant reads, and they differ', async () => {
  const seen = new Set<number>();
  for (const variant of positionVariants) {
    await writeTinyBundle(join(root, variant), {
      change: (manifest) => (manifest.decoder!.positions.variant = variant),
    });
    const decoder = await open({}, variant);
    const [score] = await decoder.score(question('what?'), ['yes']);
    assert.ok(Number.isFinite(score?.logProbability));
    seen.add(score.logProbability);
  }
  assert.equal(seen.size, positionVariants.length);
});

describe('scores', () => {
  it('are log-probabilities, and exact for the token that would be generated', async () => {
    const decoder = await open();
    const tokenizer = await Tokenizer.open(join(root, 'tiny'));
    // All tokens that are a text by themselves.
    const texts = Array.from({ length: 313 }, (_, id) => id)
      .filter((id) => tokenizer.encode(tokenizer.decode([id])).join() === String(id))
      .map((id) => tokenizer.decode([id]));
    assert.ok(texts.length > 150);
    let met = 0;
    for (const text of ['what?', 'why?', 'who is it?', 'when?']) {
      const greedy = await decoder.read({ ...question(text), maxNewTokens: 1 });
      const scores = await decoder.score(question(text), texts);
      const sum = scores.reduce((total, { logProbability }) => total + Math.exp(logProbability), 0);
      assert.ok(sum > 0 && sum < 1 + 1e-6);
      const exact = scores.findIndex((score) => score.exact);
      if (exact < 0) continue;
      met++;
      assert.equal(texts[exact], greedy.text);
      assert.ok(Math.abs(Math.exp(scores[exact].logProbability) - greedy.confidence) < 1e-6);
    }
    assert.ok(met > 0);
  });
  it('a hidden state has the decoder’s width', async () => {
    const decoder = await open();
    const state = await decoder.state(question('what?'));
    assert.equal(state.length, tinyDecoder.hiddenSize);
    assert.ok(state.some((value) => value !== 0));
  });
});
