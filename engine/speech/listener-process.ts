import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ToListener } from './messages.ts';

/** A process that hears, however it was started. */
export interface ListenerProcess {
  send(message: ToListener): void;
  /** Ends it at once. */
  kill(): void;
}

/** What is told of a process that hears. */
export interface ListenerEvents {
  onMessage: (message: unknown) => void;
  /** It is gone, for whatever reason; once. @param lastWords what it last wrote to stderr */
  onEnd: (lastWords: string) => void;
}

let launch: ((events: ListenerEvents) => ListenerProcess) | undefined;

/** Has listeners started by another launcher than `fork`, which needs a program that can be run as Node. */
export function launchListenersWith(launcher: typeof launch): void {
  launch = launcher;
}

const running = new Set<() => void>();
process.on('exit', () => {
  for (const kill of running) kill();
});

/**
 * Starts a process that hears. It ends by itself when this process is gone, whatever ended it.
 * @param program tests put a stand-in here
 */
export function startListenerProcess(events: ListenerEvents, program?: string): ListenerProcess {
  if (launch && !program) return launch(events);
  const own = fileURLToPath(new URL(`./listen-child${extname(import.meta.url)}`, import.meta.url));
  const child = fork(program ?? own, [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  let ended = false;
  const kill = () => void child.kill('SIGKILL');
  const end = (more: string) => {
    if (ended) return;
    ended = true;
    running.delete(kill);
    events.onEnd((words + more).trim());
  };
  running.add(kill);
  child.stderr?.on('data', (piece: Buffer) => (words = (words + piece.toString()).slice(-4000)));
  child.on('message', (message) => events.onMessage(message));
  child.on('error', (error) => end(error.message));
  // "close" comes once stderr has been read to its end.
  child.on('close', () => end(''));
  return {
    send: (message) => void child.send(message, undefined, undefined, () => {}),
    kill,
  };
}
