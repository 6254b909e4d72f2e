import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { convertCheckpoint } from '../convert/index.ts';
import { openModel, type OpenedModel } from './model.ts';
import type { PromptPart } from './types.ts';

const fixtures = fileURLToPath(new URL('../../tests/fixtures', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'longview-family-models-'));
const families = ['qwen2.5-vl', 'qwen3-vl'] as const;
const opened: OpenedModel[] = [];
before(async () => {
  for (const family of families) {
    const source = join(fixtures, family, 'checkpoint');
    await convertCheckpoint({ source, target: join(root, family), precision: 'fp32' });
  }
});
after(async () => {
  for (const model of opened) await model[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

async function open(family: (typeof families)[number], scoreBytes?: number) {
  const model = await openModel(join(root, family), { provider: 'cpu', threads: 1, scoreBytes });
  opened.push(model);
  const { decoder, vision } = model;
  assert.ok(decoder && vision);
  return { decoder, vision };
}

/** Frames of 40 x 24 pixels that differ. */
function frames(count: number) {
  const size = { width: 40, height: 24 };
  return Array.from({ length: count }, (_, n) => ({
    ...size,
    pixels: Uint8Array.from({ length: size.width * size.height * 3 }, (_, i) => (i * (n + 3)) % 251),
  }));
}
const question: PromptPart = { kind: 'text', text: 'What is shown?' };

for (const family of families)
  describe(`a bundle of ${family}`, () => {
    it('looks at frames and answers about them, the same whatever the chunks', async () => {
      const whole = await open(family);
      const video = await whole.vision.encode(frames(6));
      assert.deepEqual([...video.grid], [3, 5]);
      assert.equal(video.patches.length, 3);
      const request = {
        parts: [{ ...video, times: [0.25, 1.25, 2.25] }, question],
        gamma: 1,
        maxNewTokens: 8,
      };
      const answer = await whole.decoder.read(request);
      assert.ok(answer.tokens > 0);
      // So little for scores that no more than 16 tokens are read at once: chunks begin and end amid visual tokens.
      const pieces = await open(family, 1);
      const again = await pieces.decoder.read(request);
      assert.deepEqual(again.tokenIds, answer.tokenIds);
      assert.ok(Math.abs(again.confidence - answer.confidence) < 1e-5);
    });

    it('a second question on the same frames begins where the first one did', async () => {
      const { decoder, vision } = await open(family);
      const video = { ...(await vision.encode(frames(4))), times: [0.25, 1.25] };
      const ask = (text: string) =>
        decoder.read({ parts: [video, { kind: 'text', text }], gamma: 1, maxNewTokens: 4 });
      await ask('What?');
      const second = await ask('Who is it?');
      assert.ok((second.reusedTokens ?? 0) > 30);
      const fresh = await (
        await open(family, 2 ** 20)
      ).decoder.read({
        parts: [video, { kind: 'text', text: 'Who is it?' }],
        gamma: 1,
        maxNewTokens: 4,
      });
      assert.deepEqual(second.tokenIds, fresh.tokenIds);
    });

    it('answers by the times of what it sees', async () => {
      const { decoder, vision } = await open(family);
      const video = await vision.encode(frames(4));
      const score = async (times: number[] | undefined) =>
        (await decoder.score({ parts: [{ ...video, times }, question], gamma: 1 }, ['yes']))[0]
          .logProbability;
      assert.equal(await score([0, 1]), await score(undefined));
      assert.notEqual(await score([0, 7]), await score([0, 1]));
    });
  });

it('patches of another decoder’s width are refused', async () => {
  const [narrow, wide] = [await open('qwen2.5-vl'), await open('qwen3-vl')];
  const video = await narrow.vision.encode(frames(2));
  await assert.rejects(wide.decoder.read({ parts: [video, question], gamma: 1 }), {
    code: 'bad-argument',
    message: /patches of 3 x 5 x 96 = 1440 numbers, got 480/u,
  });
});
