// How well and how fast speech is heard, with a real model: words wrong and times of a reading whose text is known,
// seconds beside what sherpa-onnx alone takes for the same pieces in the same run, and words made up of silence, a quiet
// room, hum and music.
//   npm run -s bench -- speech --model FOLDER --reading FILE [--text FILE] [--minutes N] [--rounds N] [--json]
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { findMediaTools, probe } from '../../engine/media/index.ts';
import { LongviewError } from '../../engine/protocol/errors.ts';
import {
  createListener,
  earsSpec,
  hearVideo,
  readSpeechModel,
  type EarsSpec,
} from '../../engine/speech/index.ts';
import { delivered, hum, music, room, silence } from '../../engine/speech/testing/made-sound.ts';
import type { TranscriptLine } from '../../engine/protocol/transcript.ts';
import { compareWords, plainWords, reading } from './reading.ts';
import { median } from '../median.ts';

export const what = 'how well and how fast speech is heard; words made up of silence, hum and music';

const run_ = promisify(execFile);
const options = {
  model: { type: 'string' },
  reading: { type: 'string' },
  text: { type: 'string' },
  minutes: { type: 'string', default: '10' },
  rounds: { type: 'string', default: '3' },
  json: { type: 'boolean', default: false },
} as const;

/** Measures a model on a reading and on sounds that nobody speaks in. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const at = (path: string) => resolve(process.env.INIT_CWD ?? '.', path);
  if (!values.model || !values.reading)
    throw new LongviewError(
      'bad-argument',
      'A speech model and a reading are needed.',
      'Give --model FOLDER (in sherpa-onnx’s layout) and --reading FILE (a recording whose text is known).',
    );
  const model = await readSpeechModel(at(values.model));
  const vad = join(import.meta.dirname, '../../models/voice/silero_vad.onnx');
  const spec = earsSpec(model, { vad, threads: Math.min(2, availableParallelism()) });
  const folder = await mkdtemp(join(tmpdir(), 'longview-speech-'));
  try {
    const film = join(folder, 'reading.mkv');
    await makeFilm(at(values.reading), film);
    const text = values.text ? await readFile(at(values.text), 'utf8') : undefined;
    const read = await hearReading(film, spec, Number(values.rounds), text);
    const nobody = await hearNobody(spec, Number(values.minutes));
    const result = { model: model.name, bytes: model.bytes, threads: spec.threads, ...read, nobody };
    process.stdout.write(values.json ? `${JSON.stringify(result, undefined, 2)}\n` : asTable(result));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The recording with a picture: only films are indexed. */
export async function makeFilm(recording: string, film: string): Promise<void> {
  const { ffmpeg } = await findMediaTools();
  const picture = ['-f', 'lavfi', '-i', 'color=c=gray:s=64x48:r=5'];
  const output = ['-map', '0:v', '-map', '1:a', '-shortest', '-c:v', 'mpeg4', '-c:a', 'flac', film];
  await run_(ffmpeg, ['-v', 'error', '-nostdin', ...picture, '-i', recording, ...output]);
}

/** What one hearing took, in seconds of the clock and of processors. */
interface Took {
  seconds: number;
  cpuSec: number;
}

/** Hears a film of a reading some times, and has sherpa-onnx alone hear the same pieces. */
export async function hearReading(film: string, spec: EarsSpec, rounds: number, text: string | undefined) {
  const info = await probe(film);
  const listener = createListener(spec);
  const stream = info.sounds[0].index;
  const hearAll = async () => {
    const lines: TranscriptLine[] = [];
    const begun = performance.now();
    const cpu = listener.cpuSec;
    const own = process.cpuUsage();
    for await (const piece of hearVideo(listener, film, info, { stream })) lines.push(...piece.lines);
    const { user, system } = process.cpuUsage(own);
    const cpuSec = listener.cpuSec - cpu + (user + system) / 1e6;
    return { lines, seconds: (performance.now() - begun) / 1000, cpuSec };
  };
  try {
    // The first time the model is loaded.
    const first = await hearAll();
    const [ours, alone]: [Took[], Took[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      ours.push(await hearAll());
      const { stdout } = await run_(process.execPath, [
        join(import.meta.dirname, 'sherpa-alone.ts'),
        ...[film, JSON.stringify(spec)],
      ]);
      alone.push(JSON.parse(stdout) as Took);
    }
    const [own, sherpa] = [ours, alone].map((rounds_) => median(rounds_.map(({ seconds }) => seconds)));
    const [ownCpu, sherpaCpu] = [ours, alone].map((rounds_) => median(rounds_.map(({ cpuSec }) => cpuSec)));
    return {
      ...quality(first.lines, text),
      recordingSec: info.durationSec,
      firstSec: first.seconds,
      seconds: own,
      timesRealTime: info.durationSec / own,
      sherpaAloneSec: sherpa,
      ofSherpaAlone: own / sherpa,
      cpuSec: ownCpu,
      cpuOfSherpaAlone: ownCpu / sherpaCpu,
      memoryMb: Math.round(listener.memoryBytes / 2 ** 20),
      lines: first.lines.map(({ start, end, text: line }) => ({ start, end, text: line })),
    };
  } finally {
    listener.close();
  }
}

function quality(lines: readonly TranscriptLine[], text: string | undefined) {
  const heard = lines.flatMap(({ words = [] }) => words);
  const plain = heard.flatMap(({ text: word, start }) => plainWords(word).map((part) => ({ part, start })));
  const phrases = text === undefined ? reading : [];
  const said = plainWords(text ?? reading.map(([, phrase]) => phrase).join(' '));
  const compared = compareWords(
    said,
    plain.map(({ part }) => part),
  );
  let at = 0;
  const off: number[] = [];
  for (const [start, phrase] of phrases) {
    const place = compared.heard[at];
    if (place !== undefined) off.push(Math.abs(plain[place].start - start));
    at += plainWords(phrase).length;
  }
  return {
    wrongWords: compared.errors,
    words: compared.words,
    wordErrorRate: compared.errors / compared.words,
    phrases: off.length,
    ofPhrases: phrases.length,
    worstStartSec: off.length > 0 ? Math.max(...off) : null,
  };
}

async function hearNobody(spec: EarsSpec, minutes: number) {
  const listener = createListener(spec);
  const sounds: [string, (seconds: number, n: number) => Float32Array][] = [
    ['silence', (seconds) => silence(seconds)],
    ['a quiet room', room],
    ['hum', hum],
    ['music', (seconds, n) => music(seconds, 100 + n)],
  ];
  const found: { sound: string; minutes: number; words: number; dropped: string[]; said: string[] }[] = [];
  try {
    for (const [sound, make] of sounds) {
      const said: string[] = [];
      const dropped: string[] = [];
      // A minute each of as many recordings: a detector that has just begun is wrong more often.
      for (let n = 0; n < minutes; n++)
        for await (const piece of listener.hear(delivered(make(60, n)))) {
          said.push(...piece.lines.map(({ text }) => text));
          if (piece.dropped) dropped.push(piece.dropped.text);
        }
      const words = plainWords(said.join(' ')).length;
      found.push({ sound, minutes, words, dropped, said });
    }
  } finally {
    listener.close();
  }
  return found;
}

type Result = Awaited<ReturnType<typeof hearReading>> & {
  model: string;
  threads: number;
  nobody: Awaited<ReturnType<typeof hearNobody>>;
};

function asTable(result: Result): string {
  const number = (value: number, digits = 1) => value.toFixed(digits);
  const rows = [
    ['model', `${result.model}, ${result.threads} threads, ${result.memoryMb} MB`],
    ['words wrong', `${result.wrongWords} of ${result.words} (${number(100 * result.wordErrorRate)} %)`],
    [
      'phrases begin',
      result.worstStartSec === null
        ? 'not known of this text'
        : `at most ${number(result.worstStartSec, 2)} s off (${result.phrases} of ${result.ofPhrases})`,
    ],
    ['time', `${number(result.seconds)} s for ${number(result.recordingSec)} s`],
    ['times real time', number(result.timesRealTime)],
    ['beside sherpa-onnx alone', `${number(result.ofSherpaAlone, 2)} x (${number(result.sherpaAloneSec)} s)`],
    ['its processor time', `${number(result.cpuOfSherpaAlone, 2)} x (${number(result.cpuSec)} s)`],
    ...result.nobody.map(({ sound, minutes, words, dropped }) => [
      `${minutes} min of ${sound}`,
      `${words} words (${dropped.length} texts not believed)`,
    ]),
  ];
  return rows.map(([title, value]) => `${title.padEnd(26)}${value}\n`).join('');
}
