import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Session } from '../session.ts';
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
  await session.answer(message, (reply) => response.write(`${JSON.stringify(reply)}\n`), stop.signal);
  response.end();
}

/** Tells a window of every happening, as server-sent events, until it goes. */
export function streamHappenings(response: ServerResponse, session: Session): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write('retry: 1000\n\n');
  const stopListening = session.listen((happening) =>
    response.write(`data: ${JSON.stringify(happening)}\n\n`),
  );
  // Something must come now and then, or a proxy or a sleeping laptop lets the connection die unnoticed.
  const pulse = setInterval(() => response.write(': here\n\n'), 15_000);
  response.on('close', () => {
    clearInterval(pulse);
    stopListening();
  });
}
