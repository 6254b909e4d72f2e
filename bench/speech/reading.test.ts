import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { compareWords, plainWords } from './reading.ts';
import { hearReading, makeFilm } from './main.ts';
import { earsSpec, readSpeechModel } from '../../engine/speech/index.ts';

test('word errors are counted as the word error rate counts them', () => {
  const count = (said: string, heard: string) => compareWords(plainWords(said), plainWords(heard)).errors;
  assert.equal(count('It was the best of times,', 'it was the best of times'), 0);
  assert.equal(count('it was the epoch of belief', 'it was the epo of belief'), 1);
  assert.equal(count('one two three', 'one three'), 1);
  assert.equal(count('one two', 'one and two and'), 2);
  assert.equal(count('', 'you'), 1);
  assert.deepEqual(compareWords(['a', 'b', 'c'], ['a', 'x', 'c']).heard, [0, undefined, 2]);
});

const { LONGVIEW_SPEECH_MODEL: folder, LONGVIEW_SPEECH_READING: recording } = process.env;

test(
  'a real Whisper hears the reading: at most 4 of 100 words wrong, phrases within 0.3 s',
  { skip: !(folder && recording) && 'LONGVIEW_SPEECH_MODEL and LONGVIEW_SPEECH_READING name none' },
  async (context) => {
    const model = await readSpeechModel(folder!);
    const vad = join(import.meta.dirname, '../../models/voice/silero_vad.onnx');
    const temporary = await mkdtemp(join(tmpdir(), 'longview-speech-'));
    context.after(() => rm(temporary, { recursive: true, force: true }));
    const film = join(temporary, 'reading.mkv');
    await makeFilm(recording!, film);
    const heard = await hearReading(film, earsSpec(model, { vad, threads: 2 }), 1, undefined);
    assert.ok(heard.wordErrorRate <= 0.04, `${heard.wrongWords} of ${heard.words} words`);
    assert.ok(heard.phrases >= 17);
    assert.ok(heard.worstStartSec! <= 0.3, `${heard.worstStartSec} s`);
  },
);
