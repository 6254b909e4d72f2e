#!/bin/bash
# jschardet 4.0.0 (npm) on Node 22: what it finds can't always be handed to TextDecoder, and one lost byte changes the finding.
#
# Expected by many callers: new TextDecoder(detect(bytes).encoding) reads what was detected.
# Seen: Shift-JIS text is detected as "CP932" and Korean text as "CP949"; neither is a label of the Encoding Standard, so
# TextDecoder throws a RangeError ("windows-31j" and "windows-949" are labels of the same encodings). Seen too: of a GB18030 text of four
# lines, taken whole, the encoding is found; with one byte of one character missing, as in a damaged file, another encoding is
# named. Halves of the text that don't hold the damage are still found right.
# Exits 0 as long as that is so.
set -eu
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null; npm install --no-audit --no-fund --ignore-scripts jschardet@4.0.0 >/dev/null
printf '昨日の夜、どこへ行ったの？\n図書館で本を読んでいたら、雨が降ってきた。\n' | iconv -f UTF-8 -t CP932 >ja.txt
printf '어젯밤에 어디 갔었어?\n도서관에서 책을 읽고 있었는데 비가 왔어요.\n' | iconv -f UTF-8 -t CP949 >ko.txt
printf '你昨天晚上去哪儿了？\n我在图书馆看书，后来下雨了。\n别担心，医生说他很快就会好起来。\n谢谢你的帮助。\n' | iconv -f UTF-8 -t GB18030 >zh.txt
cat >look.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { detect } from 'jschardet';
const name = (bytes) => detect(bytes).encoding;
const decodes = (label) => { try { new TextDecoder(label); return true; } catch (error) { return !(error instanceof RangeError); } };
let same = true;
for (const [file, expected] of [['ja.txt', 'CP932'], ['ko.txt', 'CP949']]) {
  const found = name(readFileSync(file));
  console.log(`${file}: detected as ${found}, TextDecoder ${decodes(found) ? 'reads' : 'throws RangeError for'} it`);
  same &&= found === expected && !decodes(found);
}
const zh = readFileSync('zh.txt');
const at = zh.indexOf(0x0a) + 7;
const broken = Buffer.concat([zh.subarray(0, at), zh.subarray(at + 1)]);
const half = broken.subarray(broken.indexOf(0x0a, broken.length / 2) + 1);
console.log(`zh.txt: whole ${name(zh)}, a byte missing ${name(broken)}, the half without the damage ${name(half)}`);
same &&= name(zh) === 'GB18030' && name(broken) !== 'GB18030' && name(half) === 'GB18030';
process.exit(same ? 0 : 1);
JS
node look.mjs
