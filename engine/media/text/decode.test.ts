import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText, encodingOf } from './decode.ts';
import { encodeAs } from './testing/encode.ts';
import { languages } from './testing/languages.ts';

const subtitles = (lines: readonly string[]) =>
  lines
    .map((line, index) => `${index + 1}\n00:00:${10 + index},000 --> 00:00:${10 + index},900\n${line}\n\n`)
    .join('');

for (const { language, encodings, lines } of languages)
  for (const encoding of encodings)
    test(`a file in ${encoding} (${language}) is read as it was meant, with a broken byte too`, async () => {
      const bytes = encodeAs(subtitles(lines), encoding);
      const meant = new TextDecoder(encoding).decode(bytes);
      assert.equal(await decodeText(bytes), meant);
      assert.equal(await decodeText(bytes, language), meant);
      const high = [...bytes.keys()].filter((at) => bytes[at] > 127);
      const cut = high[Math.floor(high.length / 2)];
      const broken = Buffer.concat([bytes.subarray(0, cut), bytes.subarray(cut + 1)]);
      assert.equal(await decodeText(broken), new TextDecoder(encoding).decode(broken));
    });

test('two lines are enough in nearly all of them, one where the name tells the language', async () => {
  let [files, right, lines, known] = [0, 0, 0, 0];
  for (const { language, encodings, lines: all } of languages)
    for (const encoding of encodings)
      for (const [index, line] of all.entries()) {
        const one = encodeAs(subtitles([line]), encoding);
        if (!one.some((byte) => byte > 127)) continue;
        lines++;
        if ((await decodeText(one, language)) === new TextDecoder(encoding).decode(one)) known++;
        if (index === 0) continue;
        const two = encodeAs(subtitles([all[index - 1], line]), encoding);
        files++;
        if ((await decodeText(two)) === new TextDecoder(encoding).decode(two)) right++;
      }
  // Measured: 192 of 195 and 219 of 221.
  assert.ok(right / files >= 0.97, `${right} of ${files}`);
  assert.ok(known / lines >= 0.97, `${known} of ${lines}`);
});

test('UTF-8 stays UTF-8 where a character is cut in two, UTF-16 is known without its mark', async () => {
  const text = subtitles(['今天我们要讨论数据库的设计。']);
  assert.equal(await encodingOf(Buffer.concat([Buffer.from(text), Buffer.of(0xe7, 0x9a, 0x0a)])), 'utf-8');
  assert.equal(await encodingOf(Buffer.from('plain')), 'utf-8');
  for (const written of [text, subtitles(['Größe']), subtitles(['plain'])]) {
    const little = Buffer.from(written, 'utf16le');
    assert.equal(await decodeText(little), written);
    assert.equal(await decodeText(Buffer.concat([Buffer.of(0xff, 0xfe), little])), written);
    const big = Buffer.from(little).swap16();
    assert.equal(await decodeText(big), written);
    assert.equal(await decodeText(Buffer.concat([Buffer.of(0xfe, 0xff), big])), written);
  }
  assert.equal(await decodeText(Buffer.from(`\ufeff${text}`)), text);
  assert.equal(await encodingOf(new Uint8Array()), 'utf-8');
});
