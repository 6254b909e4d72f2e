import type { MessagePortMain } from 'electron';
import type { MessagePortLike } from '../engine/protocol/port.ts';

/** A port whose other end may be replaced. What is posted before there is one is kept for it. */
export function switchPort(): MessagePortLike & { use(port: MessagePortMain): void } {
  const listeners = new Set<(message: unknown) => void>();
  const kept: unknown[] = [];
  let current: MessagePortMain | undefined;
  return {
    postMessage(message) {
      if (current) current.postMessage(message);
      else kept.push(message);
    },
    receive(onMessage) {
      listeners.add(onMessage);
      return () => listeners.delete(onMessage);
    },
    use(port) {
      current?.close();
      current = port;
      port.on('message', ({ data }) => {
        for (const listener of listeners) listener(data);
      });
      port.start();
      for (const message of kept.splice(0)) port.postMessage(message);
    },
  };
}
