import { portTransport } from '../../../engine/protocol/port.ts';
import type { Transport } from '../../../engine/protocol/client.ts';
import type { DesktopBridge } from '../../../engine/protocol/desktop.ts';

/** Carries calls over the desktop shell's port, which has a new other end after each start of the engine. */
export function desktopTransport(bridge: DesktopBridge): Transport {
  const listeners = new Set<(message: unknown) => void>();
  const transport = portTransport({
    // What crosses into the preload script's world is copied; a state proxy can't be.
    postMessage: (message) => bridge.post(JSON.parse(JSON.stringify(message))),
    receive(onMessage) {
      listeners.add(onMessage);
      return () => listeners.delete(onMessage);
    },
  });
  bridge.receive((message) => {
    for (const listener of listeners) listener(message);
  });
  bridge.onState((connected) => (connected ? transport.found() : transport.lost()));
  return transport;
}
