import { availableParallelism } from 'node:os';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { Range, Step } from './segment.ts';

/** What a scan does in one segment. */
export interface Task {
  number: number;
  /** Groups. */
  ranges: readonly Range[];
}

/** Words of the memory that both threads see. */
// `given`: it was given up; `next`: the first task that nobody has taken.
const word = { state: 0, ready: 1, given: 2, next: 3 } as const;
const words = 4;
const state = { idle: 0, working: 1 } as const;
/** A helper that takes so long for one step is not waited for again. */
const patienceMs = 10_000;

/**
 * The other thread's program. It blocks until there is work, so it can't be told anything by events; plain JavaScript in a
 * string, so that it needs no file of its own where the engine is packed into one.
 */
const program = `
const { workerData, receiveMessageOnPort } = require('node:worker_threads');
const words = new Int32Array(workerData.shared);
const scanners = new Map();
Atomics.store(words, ${word.ready}, 1);
for (;;) {
  Atomics.wait(words, ${word.state}, ${state.idle});
  for (let got; (got = receiveMessageOnPort(workerData.port)); ) {
    const { segment, step, tasks } = got.message;
    if (segment)
      scanners.set(segment.number, new WebAssembly.Instance(segment.module, { host: { memory: segment.memory } }).exports);
    else
      for (let at; (at = Atomics.add(words, ${word.next}, 1)) < tasks.length; ) {
        const { number, ranges } = tasks[at];
        const scanner = scanners.get(number);
        for (const { from, past } of ranges)
          if (past > from && !Atomics.load(words, ${word.given})) scanner[step.does](from, past, ...step.values);
      }
  }
  Atomics.store(words, ${word.state}, ${state.idle});
  Atomics.notify(words, ${word.state});
}`;

/**
 * A second thread that scans segments beside this one, which waits for it: a scan is bound by arithmetic, not by memory,
 * so two cores take half the time. It keeps no process alive.
 */
export class ScanHelper {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #words: Int32Array<SharedArrayBuffer>;
  #failed = false;

  private constructor() {
    const shared = new SharedArrayBuffer(words * 4);
    this.#words = new Int32Array(shared);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(program, {
      eval: true,
      workerData: { shared, port: port2 },
      transferList: [port2],
    });
    this.#worker.on('error', () => (this.#failed = true));
    this.#worker.unref();
    port1.unref();
  }

  /** Starts one where there is a second core. */
  static start(cores = availableParallelism()): ScanHelper | undefined {
    return cores > 1 ? new ScanHelper() : undefined;
  }

  /** Whether it can be given work. */
  get ready(): boolean {
    return !this.#failed && Atomics.load(this.#words, word.ready) === 1;
  }

  /** Lets it scan a segment from now on: its memory must be a shared one. */
  add(segment: { number: number; module: unknown; memory: unknown }): void {
    this.#port.postMessage({ segment });
  }

  /**
   * Begins a step. Both threads {@link take} one task after the other, and {@link finish} must follow before the segments
   * are looked at.
   */
  begin(step: Step, tasks: readonly Task[]): void {
    Atomics.store(this.#words, word.next, 0);
    this.#port.postMessage({ step, tasks });
    Atomics.store(this.#words, word.state, state.working);
    Atomics.notify(this.#words, word.state);
  }

  /** The next task for this thread, as an index; past the last where all are taken. */
  take(): number {
    return Atomics.add(this.#words, word.next, 1);
  }

  /** Waits for the step's end. @returns false where it must be done again without help */
  finish(): boolean {
    if (!this.#idle(patienceMs)) this.#giveUp();
    return !this.#failed;
  }

  #idle(withinMs: number): boolean {
    return (
      Atomics.load(this.#words, word.state) === state.idle ||
      Atomics.wait(this.#words, word.state, state.working, withinMs) !== 'timed-out'
    );
  }

  /** It must not write into segments that are scanned again: it looks at this word before every range. */
  #giveUp(): void {
    this.#failed = true;
    Atomics.store(this.#words, word.given, 1);
    this.#idle(patienceMs);
    void this.#worker.terminate();
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.#failed = true;
    this.#port.close();
    await this.#worker.terminate();
  }
}
