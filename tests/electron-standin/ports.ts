import { EventEmitter } from 'node:events';

/** One end of a channel as Electron's main process has it: messages come as `{ data }`, from `start` on. */
export class StandInPort extends EventEmitter {
  other: StandInPort | undefined;
  #started = false;
  #closed = false;
  readonly #waiting: unknown[] = [];

  postMessage(data: unknown): void {
    // Copied at once, as a real port does; what can't be copied is refused here.
    const copy: unknown = structuredClone(data);
    const { other } = this;
    setImmediate(() => other?.take(copy));
  }

  start(): void {
    this.#started = true;
    for (const data of this.#waiting.splice(0)) this.take(data);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    setImmediate(() => this.emit('close'));
    this.other?.close();
  }

  private take(data: unknown): void {
    if (this.#closed) return;
    if (this.#started) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }
}

/** Electron's MessageChannelMain. */
export class StandInChannel {
  readonly port1 = new StandInPort();
  readonly port2 = new StandInPort();

  constructor() {
    this.port1.other = this.port2;
    this.port2.other = this.port1;
  }
}
