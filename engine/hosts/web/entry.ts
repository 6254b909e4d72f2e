import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../serving/answer.ts';

/** How a browser gets in: by a code that is used up, or by a key that somebody chose. */
export interface Entry {
  /** A new code for an address: good for one browser, once. */
  code(): string;
  /**
   * Trades a code or the key for a session.
   * @param from the address that it comes from
   * @returns the session's token, and the code where one was used up
   * @throws Refusal 401, and 429 where that address has guessed too often.
   */
  exchange(brought: string, from: string): { session: string; code?: string };
  /**
   * Lets a script in that brings the key that somebody chose, for one request.
   * @throws Refusal as {@link Entry.exchange}.
   */
  checkKey(brought: string, from: string): void;
  /**
   * Trades a person's token for a session.
   * @param find finds whose it is
   * @throws Refusal as {@link Entry.exchange}.
   */
  exchangeToken<T>(
    token: string,
    from: string,
    find: (token: string) => Promise<T | undefined>,
  ): Promise<{ session: string; person: T }>;
  /** Whether a token is that of a session. */
  knows(token: string): boolean;
}

/** So many codes wait at most: the eldest is forgotten, like the eldest session. */
const mostCodes = 64;
const mostSessions = 256;

/** @param key the key that somebody chose, where there is one */
export function createEntry(key?: string): Entry {
  // By their hashes: what is compared has one length, and looking one up tells nothing of it.
  const codes = new Set<string>();
  const sessions = new Set<string>();
  const keyHash = key === undefined ? undefined : hash(key);
  const guesses = createGuesses();
  const isKey = (hashed: string) =>
    keyHash !== undefined && timingSafeEqual(Buffer.from(hashed), Buffer.from(keyHash));
  const begin = () => {
    const session = randomBytes(24).toString('base64url');
    keep(sessions, hash(session), mostSessions);
    return session;
  };
  return {
    code() {
      const code = randomBytes(24).toString('base64url');
      keep(codes, hash(code), mostCodes);
      return code;
    },
    exchange(brought, from) {
      const hashed = hash(brought);
      // A code can't be guessed, so that a flood of guesses doesn't keep out whoever has one.
      if (codes.delete(hashed)) return { session: begin(), code: brought };
      guesses.check(from);
      if (isKey(hashed)) return { session: begin() };
      guesses.count(from);
      throw new Refusal(
        401,
        'This is not the key of the running Longview. An address opens one browser, once: take the newest.',
      );
    },
    checkKey(brought, from) {
      guesses.check(from);
      if (isKey(hash(brought))) return;
      guesses.count(from);
      throw new Refusal(
        401,
        keyHash === undefined
          ? 'Scripts are let in by a key: start Longview with --key-file FILE.'
          : 'This is not the key of the running Longview.',
        { 'WWW-Authenticate': 'Bearer' },
      );
    },
    async exchangeToken(token, from, find) {
      guesses.check(from);
      // Counted before it is looked up: many at once are many guesses.
      guesses.count(from);
      const person = await find(token);
      if (person === undefined) throw new Refusal(401, 'This key is not known here, or was withdrawn.');
      guesses.forgive(from);
      return { session: begin(), person };
    },
    knows: (token) => sessions.has(hash(token)),
  };
}

const hash = (text: string) => createHash('sha256').update(text).digest('base64url');

function keep(set: Set<string>, value: string, most: number): void {
  set.add(value);
  for (const eldest of set) {
    if (set.size <= most) break;
    set.delete(eldest);
  }
}

/** In so long, so many wrong guesses are heard out: from one address, and from all together. */
const guessWindowMs = 60_000;
const mostFromOne = 10;
const mostFromAll = 100;

function createGuesses() {
  let since = performance.now();
  let all = 0;
  const from = new Map<string, number>();
  return {
    check(address: string): void {
      const now = performance.now();
      if (now - since >= guessWindowMs) {
        since = now;
        all = 0;
        from.clear();
      }
      if (all < mostFromAll && (from.get(address) ?? 0) < mostFromOne) return;
      const wait = Math.ceil((since + guessWindowMs - now) / 1000);
      throw new Refusal(429, 'Too many wrong keys: wait a minute.', { 'Retry-After': String(wait) });
    },
    forgive(address: string): void {
      all--;
      from.set(address, (from.get(address) ?? 1) - 1);
    },
    count(address: string): void {
      all++;
      from.set(address, (from.get(address) ?? 0) + 1);
    },
  };
}
