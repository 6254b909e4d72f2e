// A process that does a work and to which something happens at a step of it. Arguments: the work, its folder, the step (0:
// none), what happens. The number of steps is written to standard output.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import Database from 'better-sqlite3';
import { ProviderFailure } from '../../engine/inference/runtime/session.ts';
import { seeded, type Mishap } from './mishaps.ts';

const [name, folder, step, mishap] = process.argv.slice(2) as [string, string, string, Mishap];
let steps = 0;

/** Each time that something may be written: a killed process dies before it, or at the step after, just behind it. */
function count(): void {
  steps++;
  if (mishap === 'kill' && steps === Number(step)) process.kill(process.pid, 'SIGKILL');
  else if (mishap === 'clock' && step !== '0' && steps >= Number(step)) tick();
}

const random = seeded(Number(step));
const now = Date.now;

/** Now and then the clock jumps. */
function tick(): void {
  if (steps % 3 !== 0) return;
  const jumped = Math.round((random() - 0.5) * 800 * 86_400_000);
  Date.now = () => now() + jumped;
}

/** Each time that frames are analysed. */
function analyse(): void {
  if (++steps !== Number(step)) return;
  throw new ProviderFailure('webgpu', 'run the frame encoder', new Error('the device was lost'));
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
function countWrites(): void {
  counted(fs, writing.split(' '));
  syncBuiltinESMExports();
  const memory = new Database(':memory:');
  counted(Database.prototype, ['exec', 'pragma', 'close']);
  counted(Object.getPrototypeOf(memory.prepare('SELECT 1')) as object, ['run', 'get', 'all']);
}

if (mishap !== 'provider') countWrites();
const { during, works } = await import('./works.ts');
if (mishap === 'provider') during.analyse = analyse;
steps = 0;
await works[name].work(folder);
process.stdout.write(String(steps));
