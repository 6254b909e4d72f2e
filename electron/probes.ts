import type { UtilityProcess } from 'electron';
import type { ElectronApi } from './api.ts';

/** Self-tests of execution providers, each in a process of its own that a bad driver may take down. */
export interface Probes {
  /** Runs one. `onEnd` gets its message, or undefined where it ended without one; once. */
  run(number: number, args: string[], onEnd: (message: unknown) => void): void;
  end(number: number): void;
  endAll(): void;
}

/** No probes yet. `program` is the built engine/inference/runtime/probe-child.ts. */
export function createProbes(utilityProcess: ElectronApi['utilityProcess'], program: string): Probes {
  const running = new Map<number, UtilityProcess>();
  const end = (number: number) => {
    running.get(number)?.kill();
    running.delete(number);
  };
  return {
    run(number, args, onEnd) {
      const child = utilityProcess.fork(program, args, {
        serviceName: 'Longview self-test',
        stdio: 'ignore',
      });
      running.set(number, child);
      let told = false;
      const tell = (message: unknown) => {
        if (told) return;
        told = true;
        onEnd(message);
      };
      child.on('message', tell);
      child.on('exit', () => {
        running.delete(number);
        tell(undefined);
      });
    },
    end,
    endAll() {
      for (const number of [...running.keys()]) end(number);
    },
  };
}
