// A process that hears something that never ends, to be killed by a test.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createListener } from '../listener.ts';
import { tones } from './made-sound.ts';
import { marks } from './simple-ears.ts';

const program = fileURLToPath(new URL('./stand-in-child.ts', import.meta.url));
const listener = createListener(
  { kind: 'whisper', nemo: false, files: { tokens: '' }, vad: '', threads: 1 },
  { program },
);
async function* endless() {
  yield { time: 0, samples: tones([{ at: 1, count: 3 }], 6) };
  for (let time = 6; ; time++) {
    yield { time, samples: new Float32Array(16_000).fill(marks.hang) };
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
// The first piece comes, the second one never does.
for await (const piece of listener.hear(endless())) {
  if (piece.lines.length === 0) continue;
  const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], {
    encoding: 'utf8',
  });
  const line = children.split('\n').find((one) => one.includes('stand-in-child'));
  process.send!({ pid: Number.parseInt(line ?? '', 10) });
}
