// Asks one pair of questions and sends the parent how soon the answers began: each pair in a process of its own, as if
// Longview had just been started. Started by main.ts with: library, video, first question, second, model or nothing.
import { createEngine } from '../../engine/engine.ts';
import type { AskRequest } from '../../engine/protocol/requests.ts';

const [libraryDir, video, question, after, model] = process.argv.slice(2);
const engine = createEngine({ libraryDir });
const about = { in: video, model: model || undefined };
const first = await start({ ...about, question, fresh: true });
const second = await start({ ...about, question: after, fresh: true });
const known = await start({ ...about, question });
await engine.close();
process.send?.({ first, second, known }, () => process.exit(0));

/** Milliseconds until the first piece of the answer. */
async function start(request: AskRequest): Promise<number> {
  const began = performance.now();
  let piece: number | undefined;
  await engine.ask(request, { onText: () => (piece ??= performance.now() - began) });
  return piece ?? performance.now() - began;
}
