import { LongviewError } from '../protocol/errors.ts';

/** Codes of PostgreSQL and of the network by which a hub is away for a while. */
const away = /^(08|57P0|ECONN|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|53300|ENOENT|EACCES)/;
const awayMessage =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Cannot use a pool after calling end/i;

/** A hub's address without its password. */
export function shownUrl(url: string): string {
  try {
    const parsed = new URL(url);
    if (parsed.password !== '') parsed.password = '***';
    return parsed.href;
  } catch {
    return 'the hub';
  }
}

/**
 * Turns an error of PostgreSQL or of the network into one that a user can act on.
 * @returns the error itself where it is a bug, or already typed
 */
export function hubError(error: unknown, url: string): unknown {
  if (error instanceof LongviewError || !(error instanceof Error)) return error;
  const causes = error instanceof AggregateError ? (error.errors as Error[]) : [error];
  const { code = '', message } = causes[0] as Error & { code?: string };
  const at = shownUrl(url);
  if (away.test(code) || awayMessage.test(message))
    return new LongviewError(
      'team-hub-unreachable',
      `The hub at ${at} can't be reached (${message.replace(/\.$/, '')}).`,
      'Check that PostgreSQL runs there and that the network leads there; work goes on when it is back.',
      { cause: error },
    );
  if (code === '53100' || code === '53200' || code === '53400')
    return new LongviewError(
      'team-hub-full',
      `The hub at ${at} has no room left (${message}).`,
      'Free space on its server; nothing is lost, and what waits is sent when there is room.',
      { cause: error },
    );
  if (/^(28|3D000|42501|3F000)/.test(code))
    return new LongviewError(
      'team-hub-refused',
      `The hub at ${at} refuses: ${message}.`,
      'Check the user, the password and the database in its address, and that this user may create there.',
      { cause: error },
    );
  if (code === '42P01') return noHub(url, error);
  return error;
}

/** A database without the hub's tables. */
export function noHub(url: string, cause?: unknown): LongviewError {
  return new LongviewError(
    'team-hub-refused',
    `The database at ${shownUrl(url)} is no hub yet.`,
    'Run "longview hub init" with its address once.',
    { cause },
  );
}

/** Whether a hub is away or full for a while, so that waiting helps. */
export function isForAWhile(error: unknown): boolean {
  return (
    error instanceof LongviewError &&
    (error.code === 'team-hub-unreachable' || error.code === 'team-hub-full')
  );
}

/** A worker's job was given to another. */
export function jobLost(what: string): LongviewError {
  return new LongviewError(
    'team-job-lost',
    `Another worker has ${what} now.`,
    'Nothing is to be done: it goes on from what was published.',
  );
}

/** Whether another has taken over. */
export function isLost(error: unknown): boolean {
  return error instanceof LongviewError && error.code === 'team-job-lost';
}
