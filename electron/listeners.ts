import type { UtilityProcess } from 'electron';
import type { ElectronApi } from './api.ts';

/** Processes that hear speech for the engine, which can't start any itself. */
export interface Listeners {
  /** Starts one. `onEnd` gets what it last wrote to its standard error; once. */
  start(number: number, onMessage: (message: unknown) => void, onEnd: (lastWords: string) => void): void;
  /** Hands a message on. */
  send(number: number, message: unknown): void;
  end(number: number): void;
  endAll(): void;
}

const keptWords = 4000;

/** No listeners yet. `program` is the built engine/speech/listen-child.ts. */
export function createListeners(utilityProcess: ElectronApi['utilityProcess'], program: string): Listeners {
  const running = new Map<number, UtilityProcess>();
  return {
    start(number, onMessage, onEnd) {
      const child = utilityProcess.fork(program, [], {
        serviceName: 'Longview speech',
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      running.set(number, child);
      let lastWords = '';
      child.stderr?.on('data', (piece: Buffer) => {
        lastWords = (lastWords + piece.toString()).slice(-keptWords);
      });
      child.on('message', onMessage);
      child.once('exit', () => {
        running.delete(number);
        onEnd(lastWords.trim());
      });
    },
    send: (number, message) => running.get(number)?.postMessage(message),
    end: (number) => void running.get(number)?.kill(),
    endAll() {
      for (const child of running.values()) child.kill();
    },
  };
}
