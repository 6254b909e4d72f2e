// Loaded by `node --import` into every program that a launcher starts (run.mjs, longview.mjs), so that it ends with its
// launcher, however that ends: the channel between them closes even when the launcher is killed.
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.channel) {
  process.once('disconnect', () => {
    // What it is in the middle of is finished properly, as when somebody asks it to end; but not for ever.
    setTimeout(() => process.exit(143), 10_000).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  // Nothing is ever said over it: it must not keep a program that is done.
  process.channel.unref();
}
