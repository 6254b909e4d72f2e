// What sherpa-onnx itself takes for the pieces that the engine makes of a recording: reads and cuts it, then recognises
// the pieces one after the other and prints the seconds of that alone. Run by main.ts in a process of its own.
import os from 'node:os';
import { probe, readSound } from '../../engine/media/index.ts';
import { PieceCutter } from '../../engine/speech/pieces.ts';
import { openSherpa } from '../../engine/speech/sherpa.ts';
import type { EarsSpec } from '../../engine/speech/messages.ts';
import type { Utterance } from '../../engine/speech/types.ts';

os.setPriority(0, os.constants.priority.PRIORITY_BELOW_NORMAL);
const [film, spec] = process.argv.slice(2);
const ears = await openSherpa(JSON.parse(spec) as EarsSpec);
const info = await probe(film);
const cutter = new PieceCutter(ears.detector, 0);
const pieces: Utterance[] = [];
const take = (some: ReturnType<PieceCutter['end']>) =>
  pieces.push(...some.flatMap(({ utterance }) => (utterance ? [utterance] : [])));
for await (const { time, samples } of readSound(film, info, { stream: info.sounds[0].index }))
  take(cutter.accept(time, samples));
take(cutter.end());
const begun = performance.now();
const before = process.cpuUsage();
for (const { samples } of pieces) await ears.recognise(samples);
const { user, system } = process.cpuUsage(before);
const seconds = (performance.now() - begun) / 1000;
process.stdout.write(JSON.stringify({ seconds, cpuSec: (user + system) / 1e6, pieces: pieces.length }));
