// A process that does a work and kills itself at a step of it. Arguments: the work, its folder, the step (0: none; the
// number of steps is written to standard output).
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import Database from 'better-sqlite3';

const [name, folder, step] = process.argv.slice(2);
let steps = 0;

/** Each time that something may be written: dies before it, or at the step after, just behind it. */
function count(): void {
  if (++steps === Number(step)) process.kill(process.pid, 'SIGKILL');
}

type Counted = Record<string, (...given: unknown[]) => unknown>;

function counted(holder: object, names: readonly string[]): void {
  const methods = holder as Counted;
  for (const method of names) {
    const original = methods[method];
    methods[method] = function (this: unknown, ...given: unknown[]) {
      count();
      return Reflect.apply(original, this, given);
    };
  }
}

const writing =
  'writeSync writeFileSync renameSync linkSync rmSync mkdirSync copyFileSync ftruncateSync fdatasyncSync fsyncSync chmodSync';
counted(fs, writing.split(' '));
syncBuiltinESMExports();
const memory = new Database(':memory:');
counted(Database.prototype, ['exec', 'pragma', 'close']);
counted(Object.getPrototypeOf(memory.prepare('SELECT 1')) as object, ['run', 'get', 'all']);

const { works } = await import('./works.ts');
steps = 0;
await works[name].work(folder);
process.stdout.write(String(steps));
