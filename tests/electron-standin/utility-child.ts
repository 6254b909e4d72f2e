// What a utility process finds in place before its program runs: `process.parentPort`, over child_process's channel.
//   utility-child.ts PROGRAM [argument…]
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import { StandInPort } from './ports.ts';
import type { ToChild, ToParent } from './utility-process.ts';

const [program, ...args] = process.argv.slice(2);
process.argv.splice(1, Infinity, program, ...args);

const send = (message: ToParent) => process.send!(message);
const ports = new Map<number, StandInPort>();

/** As Electron's: what is said before the program listens waits for it. */
class ParentPort extends EventEmitter {
  #waiting: unknown[] | undefined = [];

  constructor() {
    super();
    this.on('newListener', (event) => {
      if (event !== 'message' || !this.#waiting) return;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      setImmediate(() => waiting.forEach((message) => this.emit('message', message)));
    });
  }

  hear(message: unknown): void {
    if (this.#waiting) this.#waiting.push(message);
    else this.emit('message', message);
  }

  postMessage(message: unknown): void {
    send({ message });
  }
}
const parentPort = new ParentPort();
Object.assign(process, { parentPort });

/** The end of a handed port that leads to the parent. */
function handed(number: number): StandInPort {
  const port = new StandInPort();
  const wire = new StandInPort();
  port.other = wire;
  wire.other = port;
  wire.on('message', ({ data }) => send({ port: number, data }));
  wire.on('close', () => send({ closed: number }));
  wire.start();
  ports.set(number, wire);
  return port;
}

process.on('message', (told: ToChild) => {
  if ('message' in told) parentPort.hear({ data: told.message, ports: told.ports.map(handed) });
  else if ('closed' in told) ports.get(told.closed)?.close();
  else ports.get(told.port)?.postMessage(told.data);
});
process.on('disconnect', () => process.exit(0));

await import(pathToFileURL(program).href);
