import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { LongviewError } from '../protocol/errors.ts';
import { speechManifestSchema } from '../protocol/speech.ts';
import { downloadBytes, modelForLanguage, speechCatalogue } from './catalogue.ts';
import { importSpeechModel } from './import-model.ts';
import { earsSpec, readSpeechModel } from './models.ts';
import { onnxMetadata } from './onnx-metadata.ts';
import { madeGraph as graph } from './testing/made-model.ts';

let root: string;
before(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'longview-speech-models-'));
});
after(() => rm(root, { recursive: true, force: true }));

async function folderWith(name: string, files: Record<string, string | Buffer>): Promise<string> {
  const folder = path.join(root, name);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), content);
  }
  return folder;
}

const whisper = graph({ model_type: 'whisper-base', is_multilingual: '1', all_language_codes: 'en,zh,de' });
const publicWhisper = {
  'base-encoder.onnx': whisper,
  'base-encoder.int8.onnx': whisper,
  'base-decoder.onnx': graph({}),
  'base-decoder.int8.onnx': graph({}),
  'base-tokens.txt': 'IQ== 0\n',
  'README.md': 'read me',
  'test_wavs/0.wav': 'sound',
};

const failsWith =
  (code: string, ...words: RegExp[]) =>
  (error: unknown) => {
    assert.ok(error instanceof LongviewError, String(error));
    assert.equal(error.code, code);
    for (const word of words) assert.match(`${error.message} ${error.remedy}`, word);
    return true;
  };

test('metadata are read past a graph of any size', async () => {
  const folder = await folderWith('metadata', {
    'a.onnx': graph({ model_type: 'x', long: 'y'.repeat(300) }, 200_000),
    'b.onnx': 'no protobuf at all',
    'c.onnx': graph({ model_type: 'x' }).subarray(0, 500),
  });
  const read = async (name: string) => Object.fromEntries(await onnxMetadata(path.join(folder, name)));
  assert.deepEqual(await read('a.onnx'), { model_type: 'x', long: 'y'.repeat(300) });
  assert.deepEqual(await read('b.onnx'), {});
  assert.deepEqual(await read('c.onnx'), {});
});

test('a folder as sherpa-onnx publishes it is known by its files and what its graph says', async () => {
  const folder = await folderWith('sherpa-onnx-whisper-base', publicWhisper);
  const model = await readSpeechModel(folder);
  const { id, name, kind, precision, languages, parts } = model;
  assert.deepEqual(
    { id, name, kind, precision, languages, parts },
    {
      id: 'whisper-base',
      name: 'Whisper base',
      kind: 'whisper',
      precision: 'int8',
      languages: ['en', 'zh', 'de'],
      parts: {
        encoder: 'base-encoder.int8.onnx',
        decoder: 'base-decoder.int8.onnx',
        tokens: 'base-tokens.txt',
      },
    },
  );
  assert.equal(model.files.length, 3);
  assert.ok(model.memoryBytes > model.bytes);
  const spec = earsSpec(model, { vad: '/vad', threads: 2, language: 'de' });
  assert.equal(spec.files.encoder, path.join(folder, 'base-encoder.int8.onnx'));
  assert.deepEqual([spec.language, spec.nemo], ['de', false]);
});

test('every architecture that is run is known', async () => {
  const kinds = {
    'sense-voice': {
      'model.int8.onnx': graph({ model_type: 'sense_voice_ctc' }),
      'tokens.txt': '<unk> 0',
    },
    transducer: {
      'encoder.int8.onnx': graph({ model_type: 'EncDecRNNTBPEModel' }),
      'decoder.int8.onnx': graph({}),
      'joiner.int8.onnx': graph({}),
      'tokens.txt': '<unk> 0',
    },
    moonshine: {
      'preprocess.onnx': graph({}),
      'encode.int8.onnx': graph({}),
      'uncached_decode.int8.onnx': graph({}),
      'cached_decode.int8.onnx': graph({}),
      'tokens.txt': '<unk> 0',
    },
  };
  for (const [kind, files] of Object.entries(kinds)) {
    const model = await readSpeechModel(await folderWith(`a ${kind}`, files));
    assert.equal(model.kind, kind);
    assert.equal(model.nemo, kind === 'transducer');
    assert.equal(Object.keys(model.parts).length, Object.keys(files).length);
    for (const name of Object.keys(files)) {
      const rest = Object.fromEntries(Object.entries(files).filter(([other]) => other !== name));
      const lacking = await folderWith(`a ${kind} without ${name}`, rest);
      await assert.rejects(readSpeechModel(lacking), failsWith('bad-bundle', /is missing|no speech model/));
    }
  }
  const english = await folderWith('tiny', {
    ...{ 'encoder.int8.onnx': graph({ model_type: 'whisper-tiny.en', is_multilingual: '0' }) },
    ...{ 'decoder.int8.onnx': graph({}), 'tokens.txt': '' + 'IQ== 0' },
  });
  assert.deepEqual((await readSpeechModel(english)).languages, ['en']);
});

test('the file that is missing is named', async () => {
  const { 'base-decoder.int8.onnx': _a, 'base-decoder.onnx': _b, ...without } = publicWhisper;
  await assert.rejects(
    readSpeechModel(await folderWith('no decoder', without)),
    failsWith('bad-bundle', /base-decoder\.int8\.onnx is missing/),
  );
  const { 'base-tokens.txt': _c, ...wordless } = publicWhisper;
  await assert.rejects(
    readSpeechModel(await folderWith('no tokens', wordless)),
    failsWith('bad-bundle', /base-tokens\.txt is missing/),
  );
  await assert.rejects(
    readSpeechModel(await folderWith('empty file', { ...publicWhisper, 'base-decoder.int8.onnx': '' })),
    failsWith('bad-bundle', /base-decoder\.int8\.onnx.* is empty/),
  );
  await assert.rejects(readSpeechModel(path.join(root, 'nowhere')), failsWith('file-not-found', /nowhere/));
  await assert.rejects(
    readSpeechModel(await folderWith('holiday', { 'film.mp4': 'x' })),
    failsWith('bad-bundle', /no speech model/),
  );
  await assert.rejects(
    readSpeechModel(
      await folderWith('paraformer', {
        'model.int8.onnx': graph({ model_type: 'paraformer' }),
        'tokens.txt': 'x',
      }),
    ),
    failsWith('bad-bundle', /paraformer/),
  );
});

test('a Whisper in another program’s layout is told what it is, and what fits', async () => {
  const config = JSON.stringify({ model_type: 'whisper', d_model: 768, decoder_layers: 12 });
  const layouts: [string, Record<string, string>, RegExp][] = [
    ['faster-whisper-base', { 'model.bin': 'x', 'config.json': '{}', 'vocabulary.txt': 'x' }, /CTranslate2/],
    ['small', { 'model.safetensors': 'x', 'config.json': config }, /Whisper small in Hugging Face’s/],
    ['cpp', { 'ggml-base.bin': 'lmgg' }, /whisper\.cpp/],
    ['renamed', { 'mine.bin': 'lmgg....' }, /whisper\.cpp/],
    ['web whisper', { 'config.json': config, 'onnx/encoder_model.onnx': 'x' }, /Transformers\.js/],
    ['openai', { 'base.en.pt': 'x' }, /OpenAI/],
    ['asr', { 'encoder-model.int8.onnx': 'x', 'decoder_joint-model.int8.onnx': 'x' }, /onnx-asr/],
  ];
  for (const [name, files, words] of layouts)
    await assert.rejects(
      readSpeechModel(await folderWith(name, files)),
      failsWith('bad-bundle', words, /sherpa-onnx/, /Download .* \(\d+ MB/),
    );
});

test('importing copies what is needed, with hashes, whole or not at all', async () => {
  const source = await folderWith('to import', publicWhisper);
  const target = path.join(root, 'models', 'whisper-base');
  const fractions: number[] = [];
  const model = await importSpeechModel(source, target, {
    onProgress: (fraction) => fractions.push(fraction),
  });
  assert.equal(fractions.at(-1), 1);
  assert.deepEqual((await readdir(target)).sort(), [
    ...['base-decoder.int8.onnx', 'base-encoder.int8.onnx', 'base-tokens.txt', 'speech.json'],
  ]);
  const manifest = speechManifestSchema.parse(
    JSON.parse(await readFile(path.join(target, 'speech.json'), 'utf8')),
  );
  assert.deepEqual(model.manifest, manifest);
  assert.equal(manifest.files[0].sha256, createHash('sha256').update(whisper).digest('hex'));
  assert.match(manifest.provenance, /no catalogue/);
  assert.match(manifest.licence, /not known/);
  await assert.rejects(importSpeechModel(source, target), failsWith('file-exists', /exists already/));
  const controller = new AbortController();
  const cancelled = path.join(root, 'models', 'cancelled');
  await assert.rejects(
    importSpeechModel(source, cancelled, { signal: controller.signal, onProgress: () => controller.abort() }),
    failsWith('cancelled', /./),
  );
  assert.deepEqual(await readdir(path.join(root, 'models')), ['whisper-base']);
  await truncate(path.join(target, 'base-decoder.int8.onnx'), 100);
  await assert.rejects(
    readSpeechModel(target),
    failsWith('bad-bundle', /lacks base-decoder\.int8\.onnx: it has 100 bytes/),
  );
  await rm(path.join(target, 'base-decoder.int8.onnx'));
  await assert.rejects(readSpeechModel(target), failsWith('bad-bundle', /lacks base-decoder\.int8\.onnx\./));
});

test('the catalogue is consistent', () => {
  assert.equal(new Set(speechCatalogue.map(({ id }) => id)).size, speechCatalogue.length);
  for (const entry of speechCatalogue) {
    assert.match(entry.revision, /^[0-9a-f]{40}$/);
    assert.ok(downloadBytes(entry) > 50e6);
    for (const { sha256 } of entry.files) assert.match(sha256, /^[0-9a-f]{64}$/);
  }
  assert.equal(modelForLanguage(undefined).id, 'whisper-base');
  assert.equal(modelForLanguage('fr').id, 'whisper-base');
  assert.equal(modelForLanguage('zh-Hant').id, 'sense-voice');
});
