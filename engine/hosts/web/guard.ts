import { Refusal } from '../serving/answer.ts';
import type { IncomingMessage } from 'node:http';

/** Who may talk to the host: pages that it served itself, in browsers that were let in. */
export interface Guard {
  /**
   * Refuses what another site's page could have sent: a Host that isn't ours (DNS rebinding), a foreign Origin.
   * @throws Refusal 403, 421.
   */
  checkOrigin(request: IncomingMessage): void;
  /** @returns the session that a request carries. @throws Refusal 401 unless it carries one. */
  checkSession(request: IncomingMessage): string;
  /** The cookie that carries a session. */
  cookie(session: string): string;
}

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * A guard in front of a host.
 * @param host the name or address that the host listens at; loopback's names are always allowed, at any port, so
 * that an SSH tunnel works, and so is the very address that a connection came to
 * @param knows whether a token is that of a session
 * @param publicUrl what a reverse proxy in front is called
 * @param port distinguishes the cookies of several hosts on one machine: browsers ignore ports in cookies
 */
export function createGuard(
  host: string,
  port: number,
  knows: (token: string) => boolean,
  publicUrl?: URL,
): Guard {
  const cookie = `longview_${port}`;
  const secure = publicUrl?.protocol === 'https:' ? '; Secure' : '';
  const names = new Set([
    ...[...loopbackNames, host.includes(':') ? `[${host}]` : host],
    ...(publicUrl ? [publicUrl.hostname] : []),
  ]);
  return {
    checkOrigin(request) {
      const asked = request.headers.host ?? '';
      const name = asked.replace(/:\d{1,5}$/, '').toLowerCase();
      // A rebound name is a name; nobody can make this machine's own number mean another machine.
      if (!names.has(name) && name !== localAddress(request))
        throw new Refusal(421, 'This address does not belong to Longview.');
      const { origin } = request.headers;
      if (origin !== undefined && origin !== `http://${asked}` && origin !== publicUrl?.origin)
        throw new Refusal(403, 'Other sites may not use Longview.');
      const site = request.headers['sec-fetch-site'];
      if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isOpening(request))
        throw new Refusal(403, 'Other sites may not use Longview.');
      // No page of another site can send a key in a header: a browser asks first, and isn't answered.
      if (request.method === 'POST' && origin === undefined && bearerIn(request) === undefined)
        throw new Refusal(403, 'A request that changes something must name its origin.');
    },
    checkSession(request) {
      const carried = cookies(request).get(cookie);
      if (carried === undefined || !knows(carried))
        throw new Refusal(401, 'Open the address that Longview printed when it started.');
      return carried;
    },
    cookie: (session) => `${cookie}=${session}; Path=/; HttpOnly; SameSite=Strict${secure}`,
  };
}

/** The key that a script brings: `Authorization: Bearer KEY`. */
export function bearerIn({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  return /^Bearer +(\S{1,200}) *$/iu.exec(headers.authorization ?? '')?.[1];
}

/** The address of this machine that a connection came to, as it stands in an address line. */
function localAddress({ socket }: IncomingMessage): string | undefined {
  const address = socket.localAddress?.replace(/^::ffff:(?=\d+\.)/, '');
  return address?.includes(':') ? `[${address}]` : address;
}

/** A person following a link to the start page: it holds no data, so it may come from anywhere. */
function isOpening(request: IncomingMessage): boolean {
  return request.method === 'GET' && request.url === '/' && request.headers['sec-fetch-mode'] === 'navigate';
}

function cookies(request: IncomingMessage): Map<string, string> {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([name, value]) => [name ?? '', value ?? '']));
}
