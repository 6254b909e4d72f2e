import { clientMessageSchema } from '../protocol/wire.ts';
import type { MessagePortLike } from '../protocol/port.ts';
import type { Session } from './session.ts';

/**
 * Serves a session over a message port (Electron's, a worker's): calls and cancels come in, replies and happenings go
 * out. Calls that are under way when the returned function is called are cancelled.
 */
export function servePort(session: Session, port: MessagePortLike): () => void {
  const running = new Map<number, AbortController>();
  const stopListening = session.listen((happening) => port.postMessage(happening));
  const stopReceiving = port.receive((message) => {
    const parsed = clientMessageSchema.safeParse(message);
    if (parsed.success && 'cancel' in parsed.data) {
      running.get(parsed.data.cancel)?.abort();
      return;
    }
    const stop = new AbortController();
    const id = parsed.success && 'id' in parsed.data ? parsed.data.id : undefined;
    if (id !== undefined) running.set(id, stop);
    void session
      .answer(message, (reply) => port.postMessage(reply), stop.signal)
      .finally(() => {
        if (id !== undefined) running.delete(id);
      });
  });
  return () => {
    stopListening();
    stopReceiving();
    for (const stop of running.values()) stop.abort();
  };
}
