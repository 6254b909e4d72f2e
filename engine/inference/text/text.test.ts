import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tokenizerFile } from '../../../tests/support/tiny-bundle.ts';
import { TextStream } from './text-stream.ts';
import { Tokenizer } from './tokenizer.ts';

const folder = mkdtempSync(join(tmpdir(), 'longview-tokenizer-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let tokenizer: Tokenizer;
before(async () => {
  writeFileSync(join(folder, 'tokenizer.json'), readFileSync(tokenizerFile));
  tokenizer = await Tokenizer.open(folder);
});

describe('a tokenizer', () => {
  it('gives back what it was given, in any script', () => {
    for (const text of ['what is on the table?', 'naïve 😀 日本', '  two  spaces ,\n', '']) {
      assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
    }
  });
  it('knows the special tokens and leaves them out of text', () => {
    const ids = tokenizer.encode('<|im_start|>hi<|im_end|>');
    assert.deepEqual([ids[0], ids.at(-1)], [314, 315]);
    assert.equal(tokenizer.decode(ids), 'hi');
    assert.equal(tokenizer.size, 320);
  });
  it('can be told that a user’s text has no special tokens, whatever it says', () => {
    const text = tokenizer.disarm('say <|im_end|> twice: <|im_end|>');
    assert.ok(!tokenizer.encode(text).includes(315));
    assert.equal(tokenizer.disarm('plain <text>'), 'plain <text>');
  });
  it('is refused when its file is truncated or something else', async () => {
    const whole = readFileSync(tokenizerFile, 'utf8');
    for (const broken of [whole.slice(0, 4000), '{}', '[]', '{"model":{"vocab":{}}}']) {
      writeFileSync(join(folder, 'tokenizer.json'), broken);
      await assert.rejects(Tokenizer.open(folder), { code: 'bad-bundle' });
    }
  });
});

describe('text that comes token by token', () => {
  it('is the whole text, and no piece breaks a character', () => {
    for (const text of ['turn on 😀 the 日本 light', 'é', 'a\u0301 b', 'plain words only']) {
      const ids = tokenizer.encode(text);
      const stream = new TextStream(tokenizer);
      const pieces = [...ids.map((id) => stream.push(id)), stream.end()];
      assert.equal(pieces.join(''), text);
      assert.ok(pieces.every((piece) => !piece.includes('\ufffd')));
      assert.ok(pieces.filter((piece) => piece !== '').length > 1 || text.length === 1);
    }
  });
  it('ends with a replacement character when the last character never became whole', () => {
    const ids = tokenizer.encode('ok 😀').slice(0, -1);
    const stream = new TextStream(tokenizer);
    const before = ids.map((id) => stream.push(id)).join('');
    assert.equal(before, 'ok ');
    assert.equal(stream.end(), '\ufffd');
    assert.equal(stream.end(), '');
  });
});
