/**
 * Runs in the page before everything else: the `electron` module of a sandboxed preload script, and then the script.
 * Passed to the page as text, so it may use nothing from outside. `tell` goes to the stand-in's main process.
 */
export function preloadInPage(source: string): void {
  type Listener = (event: { ports: MessagePort[] }, ...args: unknown[]) => void;
  interface MessagePort {
    onmessage: ((event: { data: unknown }) => void) | null;
    postMessage(data: unknown): void;
    close(): void;
  }
  const page = globalThis as unknown as {
    top: unknown;
    standInTell(message: unknown): unknown;
    standInHear(message: Record<string, unknown>): void;
    MessageChannel: new () => { port1: MessagePort; port2: MessagePort };
    File: new () => object;
  };
  if (page.top !== globalThis) return;
  const listeners = new Map<string, Listener>();
  const ports = new Map<unknown, MessagePort>();
  const open = (number: unknown) => {
    const { port1, port2 } = new page.MessageChannel();
    port1.onmessage = ({ data }) => page.standInTell({ port: number, data });
    ports.set(number, port1);
    return port2;
  };
  page.standInHear = (told) => {
    if ('channel' in told) {
      const handed = (told.ports as number[]).map(open);
      listeners.get(told.channel as string)?.({ ports: handed }, ...(told.args as unknown[]));
    } else ports.get(told.port)?.postMessage(told.data);
  };

  /** What may cross between the two worlds: plain data, files, and functions, which are wrapped. */
  const cross = (value: unknown): unknown => {
    if (typeof value === 'function')
      return (...args: unknown[]) => cross((value as (...all: unknown[]) => unknown)(...args.map(cross)));
    if (value instanceof page.File) return value;
    return structuredClone(value);
  };
  const electron = {
    contextBridge: {
      exposeInMainWorld(name: string, api: Record<string, unknown>) {
        const entries = Object.entries(api).map(([key, value]) => [key, cross(value)]);
        Object.defineProperty(globalThis, name, { value: Object.freeze(Object.fromEntries(entries)) });
      },
    },
    ipcRenderer: {
      on: (channel: string, listener: Listener) => void listeners.set(channel, listener),
      send: (channel: string, ...args: unknown[]) => void page.standInTell({ channel, args }),
    },
    webUtils: { getPathForFile: (file: { name: string }) => `/dropped/${file.name}` },
  };
  const require = (name: string) => {
    if (name === 'electron') return electron;
    throw new Error(`a sandboxed preload script can't require ${name}`);
  };
  // A preload script is a CommonJS module.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
  new Function('require', 'module', 'exports', source)(require, { exports: {} }, {});
}
