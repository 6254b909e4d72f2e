import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A protobuf field with a length. */
function field(number: number, bytes: Uint8Array): Buffer {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
    length.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), bytes]);
}

/** An ONNX file with a graph that nobody reads, and metadata. */
export function madeGraph(metadata: Record<string, string>, size = 2000): Buffer {
  const entries = Object.entries(metadata).map(([key, value]) =>
    field(14, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))])),
  );
  const version = Buffer.from([8, 8]);
  return Buffer.concat([version, field(7, Buffer.alloc(size, 14)), ...entries]);
}

/** A folder in sherpa-onnx's layout that is taken for a Whisper; nothing can be recognised with it. */
export function makeWhisper(folder: string, size = 2000): string {
  mkdirSync(folder, { recursive: true });
  const about = { model_type: 'whisper-base', is_multilingual: '1', all_language_codes: 'en,zh,de' };
  writeFileSync(path.join(folder, 'base-encoder.int8.onnx'), madeGraph(about, size));
  writeFileSync(path.join(folder, 'base-decoder.int8.onnx'), madeGraph({}, size));
  writeFileSync(path.join(folder, 'base-tokens.txt'), 'IQ== 0\n');
  return folder;
}
