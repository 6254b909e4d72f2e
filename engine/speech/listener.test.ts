import assert from 'node:assert/strict';
import { execFileSync, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LongviewError } from '../protocol/errors.ts';
import { startHearing } from './hearing.ts';
import { createListener, type Listener } from './listener.ts';
import { delivered, tones } from './testing/made-sound.ts';
import { marks } from './testing/simple-ears.ts';
import { sampleRate, type HeardPiece } from './types.ts';

const program = fileURLToPath(new URL('./testing/stand-in-child.ts', import.meta.url));
const spec = { kind: 'whisper' as const, nemo: false, files: { tokens: '' }, vad: '', threads: 1 };

function withListener(
  body: (listener: Listener) => Promise<void>,
  files: Record<string, string> = { tokens: '' },
): () => Promise<void> {
  return async () => {
    const listener = createListener({ ...spec, files }, { program });
    try {
      await body(listener);
    } finally {
      listener.close();
    }
  };
}

const sound = tones(
  [
    { at: 2, count: 4, pitch: 400 },
    { at: 8, count: 3, pitch: 600 },
    { at: 60, count: 30, pitch: 500 },
    { at: 73, count: 20, pitch: 500 },
    { at: 90, count: 2, pitch: 700 },
  ],
  100,
);

async function all(pieces: AsyncIterable<HeardPiece>): Promise<HeardPiece[]> {
  const heard: HeardPiece[] = [];
  for await (const piece of pieces) heard.push(piece);
  return heard;
}

const failsWith = (code: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof LongviewError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, words);
  assert.ok(error.remedy.length > 10);
  return true;
};

test(
  'a recording is heard in order, and the process stays for the next one',
  withListener(async (listener) => {
    assert.equal(listener.memoryBytes, 0);
    const heard = await all(listener.hear(delivered(sound)));
    assert.equal(heard.at(-1)!.until, 100);
    const lines = heard.flatMap((piece) => piece.lines);
    assert.ok(lines.length >= 4);
    assert.ok(Math.abs(lines[0].start - 2) < 0.1 && Math.abs(lines[0].end - 3.5) < 0.1);
    assert.equal(lines[0].words!.length, 4);
    assert.equal(lines[0].language, 'en');
    for (const [n, line] of lines.entries()) if (n > 0) assert.ok(line.start >= lines[n - 1].end);
    assert.ok(listener.memoryBytes > 10_000_000);
    assert.deepEqual(await all(listener.hear(delivered(sound))), heard);
  }),
);

test(
  'going on after an interruption gives nothing twice and loses nothing',
  withListener(async (listener) => {
    const whole = await all(listener.hear(delivered(sound)));
    for (let kept = 1; kept < whole.length; kept++) {
      const before: HeardPiece[] = [];
      for await (const piece of listener.hear(delivered(sound))) {
        before.push(piece);
        if (before.length === kept) break;
      }
      const from = before.at(-1)!.until;
      const context = delivered(sound, { from: Math.max(0, from - 20), length: 5000 });
      const rest = await all(listener.hear(context, { from }));
      assert.deepEqual([...before, ...rest], whole);
    }
  }),
);

test(
  'sound can be pushed in as well, and stopped',
  withListener(async (listener) => {
    const whole = await all(listener.hear(delivered(sound)));
    const kept: HeardPiece[] = [];
    const hearing = startHearing(listener, { onPiece: (piece) => void kept.push(piece) });
    for await (const piece of delivered(sound)) await hearing.take(piece);
    await hearing.complete();
    assert.deepEqual(kept, whole);
    const from = whole[1].until;
    const rest: HeardPiece[] = [];
    const again = startHearing(listener, { from, onPiece: (piece) => void rest.push(piece) });
    assert.ok(Math.abs(again.soundFrom - Math.max(0, from - 20)) < 1e-9);
    for await (const piece of delivered(sound, { from: again.soundFrom })) await again.take(piece);
    await again.complete();
    assert.deepEqual(rest, whole.slice(2));
    const stopped = startHearing(listener, { onPiece: () => assert.fail('nothing comes any more') });
    await stopped.take({ time: 0, samples: sound.slice(0, 8000) });
    await stopped.stop();
    const failing = startHearing(listener, {
      onPiece() {
        throw new LongviewError('disk-full', 'The disk is full.', 'Free some space.');
      },
    });
    await assert.rejects(
      async () => {
        for await (const piece of delivered(sound)) await failing.take(piece);
        await failing.complete();
      },
      failsWith('disk-full', /full/),
    );
  }),
);

test(
  'aborting ends the process at once, also while it recognises',
  withListener(async (listener) => {
    const stuck = sound.slice();
    stuck[9 * sampleRate] = marks.hang;
    const controller = new AbortController();
    const begun = performance.now();
    let aborted = 0;
    await assert.rejects(
      async () => {
        for await (const { until } of listener.hear(delivered(stuck), { signal: controller.signal })) {
          assert.ok(until < 8, 'the piece before the one that hangs');
          setTimeout(() => {
            aborted = performance.now() - begun;
            controller.abort();
          }, 100);
        }
      },
      failsWith('cancelled', /cancelled/),
    );
    assert.ok(aborted > 0);
    assert.equal(listener.memoryBytes, 0, 'there is no process any more');
    assert.equal((await all(listener.hear(delivered(sound)))).at(-1)!.until, 100, 'the next call has one');
    const gone = new AbortController();
    gone.abort();
    await assert.rejects(
      all(listener.hear(delivered(sound), { signal: gone.signal })),
      failsWith('cancelled', /./),
    );
  }),
);

test(
  'a process that dies is told, what it gave is kept, and the next call has another',
  withListener(async (listener) => {
    const deadly = sound.slice();
    deadly[62 * sampleRate] = marks.crash;
    const kept: HeardPiece[] = [];
    await assert.rejects(
      async () => {
        for await (const piece of listener.hear(delivered(deadly))) kept.push(piece);
      },
      failsWith('engine-stopped', /ended by itself/),
    );
    assert.equal(kept.filter(({ lines }) => lines.length > 0).length, 2);
    assert.equal((await all(listener.hear(delivered(sound)))).at(-1)!.until, 100);
  }),
);

test(
  'a model that does not load is told with its reason',
  withListener(
    async (listener) => {
      await assert.rejects(all(listener.hear(delivered(sound))), failsWith('bad-bundle', /of another model/));
    },
    { tokens: 'refuse' },
  ),
);

test(
  'a library that ends its process while it loads is told with its last words',
  withListener(
    async (listener) => {
      await assert.rejects(all(listener.hear(delivered(sound))), failsWith('bad-bundle', /no metadata/));
    },
    { tokens: 'die' },
  ),
);

test(
  'what is wrong with the sound is thrown as it is',
  withListener(async (listener) => {
    async function* broken() {
      yield* delivered(sound.slice(0, 30 * sampleRate));
      throw new LongviewError('file-unreadable', 'The drive is gone.', 'Connect the drive again.');
    }
    await assert.rejects(all(listener.hear(broken())), failsWith('file-unreadable', /drive/));
    assert.equal((await all(listener.hear(delivered(sound)))).at(-1)!.until, 100);
  }),
);

test(
  'no more sound is taken than a minute ahead',
  withListener(async (listener) => {
    const stuck = sound.slice();
    stuck[9 * sampleRate] = marks.hang;
    let sent = 0;
    const controller = new AbortController();
    async function* endless() {
      yield* delivered(stuck);
      for (let time = 100; ; time += 0.5, sent++) {
        if (sent > 10_000) return;
        yield { time, samples: new Float32Array(8000) };
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    setTimeout(() => controller.abort(), 1000);
    await assert.rejects(
      all(listener.hear(endless(), { signal: controller.signal })),
      failsWith('cancelled', /./),
    );
    assert.equal(sent, 0, 'the first minute after the piece that hangs is still in the made sound');
  }),
);

const processes = (): { pid: number; command: string }[] =>
  execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line }));

test(
  'the process has a low priority, and ends with its parent however that ends',
  { skip: process.platform === 'win32' },
  async () => {
    const parent = fork(fileURLToPath(new URL('./testing/listening-parent.ts', import.meta.url)), [], {
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const { pid } = await new Promise<{ pid: number }>((resolve, reject) => {
      parent.once('message', resolve as () => void);
      parent.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
    });
    const left = () => processes().some((one) => one.pid === pid && !one.command.includes('<defunct>'));
    try {
      assert.ok(left());
      assert.ok(os.getPriority(pid) >= os.constants.priority.PRIORITY_BELOW_NORMAL);
    } finally {
      parent.kill('SIGKILL');
    }
    while (left()) await new Promise((resolve) => setTimeout(resolve, 50));
  },
);

test('the engine’s process never loads the library of the one that hears', () => {
  const source = readFileSync(new URL('./sherpa.ts', import.meta.url), 'utf8');
  assert.doesNotMatch(
    source,
    /import [^;]*sherpa-onnx-node/,
    'it is required when it is opened, not imported',
  );
  const paths = execFileSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
       console.log(process.report.getReport().sharedObjects.join('\\n'))`,
    ],
    { encoding: 'utf8' },
  );
  assert.doesNotMatch(paths, /sherpa|onnxruntime/);
});
