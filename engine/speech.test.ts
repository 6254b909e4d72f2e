import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../tests/fixtures/library.ts';
import { createEngine } from './engine.ts';
import { findMediaTools } from './media/index.ts';
import type { LongviewError } from './protocol/errors.ts';
import { transcriptSchema } from './protocol/transcript.ts';
import { exportedSchema } from './protocol/window.ts';
import { createListener } from './speech/index.ts';
import { makeWhisper } from './speech/testing/made-model.ts';
import { tones } from './speech/testing/made-sound.ts';

const program = fileURLToPath(new URL('./speech/testing/stand-in-child.ts', import.meta.url));

function setting(t: TestContext) {
  const [library, films] = [temporaryFolder(t), temporaryFolder(t)];
  const heardWith: (string | undefined)[] = [];
  let closed = 0;
  const engine = createEngine(
    { libraryDir: library },
    {
      listen(spec) {
        heardWith.push(spec.language);
        const listener = createListener({ ...spec, files: { tokens: '' }, vad: '' }, { program });
        const close = listener.close.bind(listener);
        listener.close = () => {
          closed++;
          close();
        };
        return listener;
      },
    },
  );
  t.after(() => engine.close());
  return { library, films, engine, heardWith, closed: () => closed };
}

const sound = tones(
  [
    { at: 1, count: 4, pitch: 400 },
    { at: 6, count: 3, pitch: 600 },
  ],
  10,
);

async function makeFilm(path: string, seconds = 10): Promise<string> {
  const { ffmpeg } = await findMediaTools();
  const made = spawnSync(
    ffmpeg,
    [
      ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc=s=64x36:r=2:d=${seconds}`],
      ...['-f', 'f32le', '-ar', '16000', '-ac', '1', '-i', 'pipe:0'],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'pcm_f32le', path],
    ],
    { input: Buffer.from(sound.buffer) },
  );
  assert.equal(made.status, 0, String(made.stderr));
  return path;
}

const fails =
  (code: string, ...words: RegExp[]) =>
  (error: LongviewError) => {
    assert.equal(error.code, code, String(error));
    for (const word of words) assert.match(`${error.message} ${error.remedy}`, word);
    return true;
  };

test('without a speech model, indexing with speech says what there is, how large and from where', async (t) => {
  const { engine, films } = setting(t);
  const path = await makeFilm(join(films, 'talk.mkv'));
  await assert.rejects(
    engine.index({ paths: [path], with: ['speech'] }),
    fails(
      'unknown-model',
      /longview models import FOLDER/,
      /Whisper base .*161 MB; huggingface\.co\/\S+base/,
    ),
  );
  assert.deepEqual((await engine.library()).videos, [], 'nothing was begun');
  const { videos } = await engine.index({ paths: [path] });
  assert.deepEqual([videos[0].status, videos[0].problems], ['indexed', undefined], 'and nothing is wanted');
});

test('a speech model is imported, chosen, listed, used and removed', async (t) => {
  const { engine, films, library, heardWith, closed } = setting(t);
  const { model } = await engine.importModel({
    folder: makeWhisper(join(films, 'sherpa-onnx-whisper-base')),
  });
  assert.deepEqual([model.id, model.can, model.active], ['whisper-base', ['hear'], true]);
  assert.ok(existsSync(join(library, 'speech', 'whisper-base', 'speech.json')));
  const listed = (await engine.models()).models;
  assert.deepEqual(
    listed.map(({ id, can, active }) => [id, can.includes('hear'), active]),
    [
      ['longview-builtin', false, true],
      ['whisper-base', true, true],
    ],
  );
  await assert.rejects(
    engine.importModel({ folder: makeWhisper(join(films, 'again')) }),
    fails('bad-argument', /--id/),
  );
  await assert.rejects(
    engine.importModel({ folder: makeWhisper(join(films, 'other')), id: 'other', precision: 'int8' }),
    fails('bad-argument', /precision/),
  );
  const path = await makeFilm(join(films, 'talk.mkv'));
  await assert.rejects(
    engine.index({ paths: [path], with: ['speech'], language: 'tlh' }),
    fails('bad-argument', /language/, /en, zh, de/),
  );
  const { videos } = await engine.index({ paths: [path], with: ['speech'], language: 'de' });
  assert.deepEqual([videos[0].problems, heardWith, closed()], [undefined, ['de'], 1], 'closed when done');
  const said = transcriptSchema.parse(await engine.transcript({ video: path }));
  assert.deepEqual([said.source, said.model, said.heardSec], ['speech', 'whisper-base', said.durationSec]);
  assert.equal(said.lines.length, 2);
  // Wanted from now on, and done.
  assert.equal((await engine.index({ paths: [path] })).videos[0].status, 'unchanged');
  const left = await engine.removeModel({ id: 'whisper-base' });
  assert.deepEqual(
    left.models.map(({ id }) => id),
    ['longview-builtin'],
  );
  assert.equal(existsSync(join(library, 'speech', 'whisper-base')), false);
  assert.equal((await engine.transcript({ video: path })).lines.length, 2, 'what was heard stays');
  assert.equal((await engine.index({ paths: [path] })).videos[0].status, 'unchanged');
});

test('a model whose file is gone is a problem of speech, and pictures are indexed', async (t) => {
  const { engine, films, library } = setting(t);
  await engine.importModel({ folder: makeWhisper(join(films, 'whisper')) });
  const path = await makeFilm(join(films, 'talk.mkv'));
  await engine.index({ paths: [path], with: ['speech'] });
  writeFileSync(join(library, 'speech', 'whisper-base', 'base-tokens.txt'), '');
  const other = await makeFilm(join(films, 'other.mkv'), 12);
  const [{ status, problems }] = (await engine.index({ paths: [other] })).videos;
  assert.deepEqual(
    [status, problems?.map(({ extractor, error }) => [extractor, error.code])],
    ['indexed', [['speech', 'bad-bundle']]],
  );
  await assert.rejects(engine.index({ paths: [path], with: ['speech'] }), fails('bad-bundle', /base-tokens/));
  const broken = (await engine.models()).models.find(({ id }) => id === 'whisper-base');
  assert.equal(broken?.problem?.code, 'bad-bundle');
});

test('a folder of another kind goes the other way, and a lacking speech model names what it lacks', async (t) => {
  const { engine, films } = setting(t);
  const folder = makeWhisper(join(films, 'whisper'));
  spawnSync('rm', [join(folder, 'base-decoder.int8.onnx')]);
  await assert.rejects(
    engine.importModel({ folder }),
    fails('bad-bundle', /base-decoder\.int8\.onnx is missing/),
  );
  await assert.rejects(
    engine.importModel({ folder: temporaryFolder(t) }),
    (error: LongviewError) => error.code !== 'bad-bundle',
  );
});

test('a corrected line is found, and stays corrected when the video is heard again', async (t) => {
  const { engine, films } = setting(t);
  const path = await makeFilm(join(films, 'talk.mkv'));
  await engine.index({ paths: [path] });
  const line = { video: path, start: 1, end: 2, text: 'The photosynthesis.' };
  assert.deepEqual((await engine.transcript({ video: path })).lines, []);
  await assert.rejects(engine.correctTranscript(line), fails('nothing-to-export'));
  await engine.importModel({ folder: makeWhisper(join(films, 'whisper')) });
  await engine.index({ paths: [path], with: ['speech'] });
  const [first, second] = (await engine.transcript({ video: path })).lines;
  const put = { video: path, start: first.start, end: first.end, text: 'The photosynthesis.' };
  const after = await engine.correctTranscript(put);
  const texts = ({ lines }: typeof after) => lines.map(({ text, corrected }) => [text, corrected]);
  const right = [
    ['The photosynthesis.', true],
    [second.text, undefined],
  ];
  assert.deepEqual(texts(after), right);
  const found = async () =>
    (await engine.find({ query: 'photosynthesis', sources: ['said'] })).moments.length;
  assert.equal(await found(), 1);
  // Another model hears it anew.
  await engine.importModel({ folder: makeWhisper(join(films, 'larger'), 3000), id: 'larger' });
  assert.equal((await engine.index({ paths: [path] })).videos[0].problems, undefined);
  const anew = await engine.transcript({ video: path });
  assert.equal(anew.model, 'larger');
  assert.deepEqual(texts(anew), right);
  assert.equal(await found(), 1);
  // An empty text: nothing was said there.
  assert.deepEqual(texts(await engine.correctTranscript({ ...put, text: ' ' })), [right[1]]);
  assert.equal(await found(), 0);
  await assert.rejects(engine.correctTranscript({ ...put, end: 0 }), fails('bad-argument', /end/));
});

test('captions are shown before what was heard, in the language with most lines', async (t) => {
  const { engine, films } = setting(t);
  const path = await makeFilm(join(films, 'talk.mkv'));
  const cue = (second: number, text: string) =>
    `00:00:0${second},000 --> 00:00:0${second + 1},000\n${text}\n`;
  writeFileSync(join(films, 'talk.en.srt'), [cue(1, 'Hello there.'), cue(6, 'Goodbye.')].join('\n'));
  writeFileSync(join(films, 'talk.de.srt'), cue(1, 'Hallo.'));
  await engine.importModel({ folder: makeWhisper(join(films, 'whisper')) });
  await engine.index({ paths: [path], with: ['speech'] });
  const texts = async (more: object = {}) =>
    (await engine.transcript({ video: path, ...more })).lines.map(({ text }) => text);
  assert.deepEqual(await texts(), ['Hello there.', 'Goodbye.']);
  assert.deepEqual(await texts({ language: 'de' }), ['Hallo.']);
  assert.equal((await engine.transcript({ video: path, source: 'speech' })).source, 'speech');
  assert.equal((await texts({ source: 'speech' })).length, 2);
  assert.deepEqual((await engine.transcript({ video: path })).sources, [
    { source: 'captions', language: 'en', lines: 2 },
    { source: 'captions', language: 'de', lines: 1 },
    { source: 'speech', language: null, lines: 2 },
  ]);
  const read = await engine.screenText({ video: path });
  assert.deepEqual([read.readSec, read.lines], [0, []]);
  await assert.rejects(
    engine.transcript({ video: path, source: 'heard' as 'speech' }),
    fails('bad-argument'),
  );
});

test('what is said is exported as a text, and as markers of an editing program with its words', async (t) => {
  const { engine, films } = setting(t);
  const path = await makeFilm(join(films, 'talk.mkv'));
  await engine.index({ paths: [path] });
  await assert.rejects(engine.exportTranscript({ video: path, format: 'srt' }), fails('nothing-to-export'));
  writeFileSync(join(films, 'talk.srt'), '1\n00:00:01,000 --> 00:00:02,000\nHello there.\n');
  await engine.index({ paths: [path] });
  const srt = await engine.exportTranscript({ video: path, format: 'srt' });
  assert.deepEqual(exportedSchema.parse(srt), srt);
  assert.deepEqual([srt.name, srt.text], ['talk.srt', '1\n00:00:01,000 --> 00:00:02,000\nHello there.\n']);
  const edl = await engine.exportTranscript({ video: path, format: 'edl' });
  assert.match(edl.text!, /Hello there/);
  const out = join(films, 'out.vtt');
  const written = await engine.exportTranscript({ video: path, format: 'vtt' }, { place: { file: out } });
  assert.deepEqual([written.out, written.text, existsSync(out)], [out, null, true]);
  const kept = { place: { file: out, overwrite: false } };
  await assert.rejects(engine.exportTranscript({ video: path, format: 'vtt' }, kept), fails('file-exists'));
  await assert.rejects(
    engine.exportTranscript({ video: path, format: 'vtt' }, { place: { file: path } }),
    fails('bad-argument'),
  );
});
