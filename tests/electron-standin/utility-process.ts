import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { StandInPort } from './ports.ts';

/** Over child_process's channel, to the child. Ports go by their number. */
export type ToChild =
  { message: unknown; ports: number[] } | { port: number; data: unknown } | { closed: number };
/** And back. */
export type ToParent = { message: unknown } | { port: number; data: unknown } | { closed: number };

/** Electron's UtilityProcess, as a child of this Node. */
export class StandInUtilityProcess extends EventEmitter {
  readonly program: string;
  readonly child: ChildProcess;
  readonly stderr: ChildProcess['stderr'];
  /** What it was told, apart from its ports. */
  readonly told: unknown[] = [];
  readonly #ports = new Map<number, StandInPort>();
  #lastPort = 0;

  constructor(program: string, args: readonly string[]) {
    super();
    this.program = program;
    this.child = fork(join(import.meta.dirname, 'utility-child.ts'), [program, ...args], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      execArgv: [],
    });
    this.stderr = this.child.stderr;
    this.child.on('spawn', () => this.emit('spawn'));
    this.child.on('message', (told: ToParent) => this.#hear(told));
    this.child.on('exit', (code) => {
      for (const port of this.#ports.values()) port.close();
      this.emit('exit', code ?? 1);
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  postMessage(message: unknown, ports: StandInPort[] = []): void {
    this.told.push(message);
    this.#send({ message, ports: ports.map((port) => this.#hand(port)) });
  }

  kill(): boolean {
    return this.child.kill('SIGKILL');
  }

  #hand(port: StandInPort): number {
    const number = ++this.#lastPort;
    port.on('message', ({ data }) => this.#send({ port: number, data }));
    port.on('close', () => this.#send({ closed: number }));
    port.start();
    this.#ports.set(number, port);
    return number;
  }

  #hear(told: ToParent): void {
    if ('message' in told) this.emit('message', told.message);
    else if ('closed' in told) this.#ports.get(told.closed)?.close();
    else this.#ports.get(told.port)?.postMessage(told.data);
  }

  #send(told: ToChild): void {
    // A process that is just ending hears nothing more; nobody is told, as in Electron.
    if (this.child.connected) this.child.send(told, () => undefined);
  }
}
