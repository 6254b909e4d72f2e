import { serverMessageSchema } from './wire.ts';
import type { Transport } from './client.ts';

/** What a MessagePort of Node, Electron and browsers has in common. */
export interface MessagePortLike {
  postMessage(message: unknown): void;
  /** Hears messages until the returned function is called. */
  receive(onMessage: (message: unknown) => void): () => void;
}

/**
 * Carries calls over a message port. The port's owner tells of its loss by `lost`: whoever waits then hears that the
 * engine can't be reached, and whoever calls, until `found` tells that the port has another end again.
 */
export function portTransport(port: MessagePortLike): Transport & { lost(): void; found(): void } {
  const waiting = new Map<number, { receive: (reply: unknown) => void; end: (error?: Error) => void }>();
  const listeners = new Set<Parameters<Transport['listen']>>();
  let connected = true;
  const turn = (state: boolean) => {
    if (connected === state) return;
    connected = state;
    for (const [, onState] of listeners) onState(state);
  };
  port.receive((message) => {
    const parsed = serverMessageSchema.parse(message);
    if ('event' in parsed) {
      for (const [onHappening] of listeners) onHappening(parsed);
      return;
    }
    const call = waiting.get(parsed.id);
    if (!call) return;
    try {
      call.receive(parsed);
      if (!('part' in parsed)) call.end();
    } catch (error) {
      call.end(error as Error);
    }
  });
  return {
    send(call, receive, signal) {
      if (!connected) return Promise.reject(new Error('the port is closed'));
      return new Promise((resolve, reject) => {
        const cancel = () => port.postMessage({ cancel: call.id });
        const end = (error?: Error) => {
          waiting.delete(call.id);
          signal?.removeEventListener('abort', cancel);
          if (error) reject(error);
          else resolve();
        };
        waiting.set(call.id, { receive, end });
        signal?.addEventListener('abort', cancel, { once: true });
        port.postMessage(call);
        if (signal?.aborted) cancel();
      });
    },
    listen(onHappening, onState) {
      const listener: Parameters<Transport['listen']> = [onHappening, onState];
      listeners.add(listener);
      onState(connected);
      return () => listeners.delete(listener);
    },
    found: () => turn(true),
    lost() {
      turn(false);
      for (const { end } of [...waiting.values()]) end(new Error('the port closed'));
    },
  };
}
