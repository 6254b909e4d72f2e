import { happeningSchema } from '../../../engine/protocol/wire.ts';
import type { Transport } from '../../../engine/protocol/client.ts';

/** Carries calls to the local web host: one POST a call, its replies as lines of JSON; happenings as an event stream. */
export function httpTransport(): Transport {
  return {
    async send(call, receive, signal) {
      const response = await fetch('/api/call', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(call),
        signal: signal ?? null,
      });
      if (!response.ok || !response.body) throw new Error(`the host answered ${response.status}`);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const lines = (rest + value).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) receive(JSON.parse(line));
      }
    },
    listen(onHappening, onState) {
      let events: EventSource;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const open = () => {
        events = new EventSource('/api/happenings');
        events.onopen = () => onState(true);
        events.onerror = () => {
          onState(false);
          // A browser tries again by itself after a lost connection, but not after a refusal.
          if (events.readyState === EventSource.CLOSED) timer = setTimeout(open, 2000);
        };
        events.onmessage = (event) => {
          const parsed = happeningSchema.safeParse(JSON.parse(event.data as string));
          if (parsed.success) onHappening(parsed.data);
        };
      };
      open();
      return () => {
        clearTimeout(timer);
        events.close();
      };
    },
  };
}

/**
 * Trades the code in the address for the session's cookie, and takes it out of the address.
 * @returns whether this browser may use the host
 */
export async function openSession(): Promise<boolean> {
  const code = /^#key=([\w-]+)$/.exec(location.hash)?.[1];
  if (code !== undefined) {
    history.replaceState(null, '', location.pathname);
    if ((await enter(code)) === 'in') return true;
  }
  return (await fetch('/api/session')).ok;
}

/** Trades a key, or an address with a code, for the session's cookie. */
export async function enter(key: string): Promise<'in' | 'wrong' | 'too-often'> {
  const response = await fetch('/api/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ key: /#key=([\w-]+)$/.exec(key)?.[1] ?? key }),
  });
  if (response.ok) return 'in';
  return response.status === 429 ? 'too-often' : 'wrong';
}
