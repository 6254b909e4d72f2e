import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Session } from '../session.ts';
import { statusOfError } from '../serving/routes.ts';
import type { Happening, Method, Reply } from '../../protocol/wire.ts';
import type { Bodies } from './bodies.ts';

/** The largest message: an `enqueue` of some thousand paths. */
const largestCall = 4_000_000;

/**
 * Answers one call: the request's body is the call, the response is one JSON message a line, as they come. The
 * window cancels by closing the connection.
 */
export async function answerCall(
  request: IncomingMessage,
  response: ServerResponse,
  session: Session,
  bodies: Bodies,
): Promise<void> {
  const message = await bodies.read(request, largestCall);
  const stop = new AbortController();
  response.on('close', () => stop.abort());
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' });
  response.flushHeaders();
  const send = (reply: Reply) => {
    // Whoever doesn't keep up misses how far it was.
    if ('part' in reply && reply.part === 'progress' && response.writableNeedDrain) return;
    response.write(`${JSON.stringify(reply)}\n`);
  };
  await session.answer(message, send, stop.signal);
  response.end();
}

/**
 * Answers a call of one method, for scripts: the request's body is what the method takes, the answer what it gives.
 * How far it is isn't told; closing the connection cancels it.
 */
export async function answerMethod(
  request: IncomingMessage,
  response: ServerResponse,
  { method, session, bodies }: { method: Method; session: Pick<Session, 'answer'>; bodies: Bodies },
): Promise<void> {
  const body = await bodies.read(request, largestCall);
  const stop = new AbortController();
  response.on('close', () => stop.abort());
  let last: Reply | undefined;
  await session.answer({ id: 0, method, request: body }, (reply) => (last = reply), stop.signal);
  if (!last || 'part' in last) throw new TypeError(`${method} was not answered`);
  const failed = 'error' in last ? last.error : undefined;
  const answer = JSON.stringify('error' in last ? { error: last.error } : last.result);
  response.writeHead(failed ? statusOfError(failed.code) : 200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
  });
  response.end(answer);
}

/**
 * Tells a window of every happening, as server-sent events, until it goes. For a window that doesn't keep up nothing is
 * gathered: what it missed it asks for, since changes are counted; one that takes nothing is dropped.
 * @param patienceMs for so long
 */
export function streamHappenings(
  response: ServerResponse,
  session: Pick<Session, 'listen'>,
  patienceMs = 30_000,
): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write('retry: 1000\n\n');
  let missed: Happening | undefined;
  const missedEvents = new Set<Exclude<Happening['event'], 'activity'>>();
  let drop: NodeJS.Timeout | undefined;
  const send = (happening: Happening) => {
    if (response.writableNeedDrain) {
      if (happening.event === 'activity') missed = happening;
      else missedEvents.add(happening.event);
      drop ??= setTimeout(() => response.destroy(), patienceMs);
      return;
    }
    response.write(`data: ${JSON.stringify(happening)}\n\n`);
  };
  response.on('drain', () => {
    clearTimeout(drop);
    drop = undefined;
    const last = missed;
    const events = [...missedEvents];
    missed = undefined;
    missedEvents.clear();
    if (last) send(last);
    for (const event of events) send({ event });
  });
  const stopListening = session.listen(send);
  // Something must come now and then, or a proxy or a sleeping laptop lets the connection die unnoticed.
  const pulse = setInterval(() => {
    if (response.writableNeedDrain) drop ??= setTimeout(() => response.destroy(), patienceMs);
    else response.write(': here\n\n');
  }, 15_000);
  response.on('close', () => {
    clearInterval(pulse);
    clearTimeout(drop);
    stopListening();
  });
}
