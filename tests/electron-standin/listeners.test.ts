import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { createListeners } from '../../electron/listeners.ts';
import { createListener, launchListenersWith, type HeardPiece } from '../../engine/speech/index.ts';
import { delivered, tones } from '../../engine/speech/testing/made-sound.ts';
import { marks } from '../../engine/speech/testing/simple-ears.ts';
import { LongviewError } from '../../engine/protocol/errors.ts';
import { StandInUtilityProcess } from './utility-process.ts';
import type { ElectronApi } from '../../electron/api.ts';

const program = join(resolve(import.meta.dirname, '../..'), 'engine/speech/testing/stand-in-child.ts');

test('in the desktop shell speech is heard by a utility process', async (context) => {
  const children: StandInUtilityProcess[] = [];
  const fork = (path: string, args: string[]) => {
    const child = new StandInUtilityProcess(path, args);
    children.push(child);
    return child;
  };
  const listeners = createListeners({ fork } as unknown as ElectronApi['utilityProcess'], program);
  let last = 0;
  launchListenersWith((events) => {
    const number = ++last;
    listeners.start(number, events.onMessage, events.onEnd);
    return { send: (message) => listeners.send(number, message), kill: () => listeners.end(number) };
  });
  context.after(() => {
    launchListenersWith(undefined);
    listeners.endAll();
  });
  const listener = createListener({
    kind: 'whisper',
    nemo: false,
    files: { tokens: '' },
    vad: '',
    threads: 1,
  });
  const sound = tones([{ at: 1, count: 3 }], 10);
  const heard: HeardPiece[] = [];
  for await (const piece of listener.hear(delivered(sound))) heard.push(piece);
  assert.equal(heard.flatMap(({ lines }) => lines).length, 1);
  assert.equal(heard.at(-1)!.until, 10);
  assert.equal(children.length, 1);
  const deadly = sound.slice();
  deadly[20_000] = marks.crash;
  await assert.rejects(
    async () => {
      for await (const piece of listener.hear(delivered(deadly))) assert.fail(JSON.stringify(piece));
    },
    (error) => error instanceof LongviewError && error.code === 'engine-stopped',
  );
  for await (const piece of listener.hear(delivered(sound))) assert.ok(piece.until > 0);
  assert.equal(children.length, 2, 'another process took over');
});
