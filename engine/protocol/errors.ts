/**
 * What can go wrong in a way that a person can act on. Anything that is not a {@link LongviewError} is a bug.
 */
export const errorCodes = [
  'bad-argument',
  'file-not-found',
  'file-unreadable',
  'file-empty',
  'not-a-video',
  'no-video-stream',
  'file-truncated',
  'file-exists',
  'no-frames',
  'video-crashes',
  'nothing-to-export',
  'video-not-in-library',
  'video-not-indexed',
  'video-missing',
  'video-changed',
  'unknown-model',
  'bad-bundle',
  'bad-checkpoint',
  'cannot-read',
  'context-too-long',
  'provider-unavailable',
  'ffmpeg-missing',
  'ffmpeg-failed',
  'library-too-new',
  'library-damaged',
  'library-locked',
  'disk-full',
  'disk-failed',
  'permission-denied',
  'hub-unreachable',
  'team-hub-unreachable',
  'team-hub-refused',
  'team-hub-too-new',
  'team-hub-full',
  'team-job-lost',
  'root-not-mounted',
  'download-failed',
  'cancelled',
  'engine-stopped',
] as const;

/** One of {@link errorCodes}. */
export type ErrorCode = (typeof errorCodes)[number];

/** A {@link LongviewError} as plain data, for crossing a process border. */
export interface ErrorData {
  code: ErrorCode;
  message: string;
  remedy: string;
  details?: Record<string, unknown>;
}

/**
 * An error that a user can act on: a typed code, one plain sentence that names the thing, and what to do.
 */
export class LongviewError extends Error {
  override readonly name = 'LongviewError';
  readonly code: ErrorCode;
  /** One sentence: what the user can do about it. */
  readonly remedy: string;
  readonly details: Record<string, unknown> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    remedy: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = remedy;
    this.details = options.details;
  }

  /** The error as data; {@link LongviewError.fromData} rebuilds it on the other side. */
  toData(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      remedy: this.remedy,
      ...(this.details ? { details: this.details } : {}),
    };
  }

  /** Rebuilds an error that crossed a process border. */
  static fromData(data: ErrorData): LongviewError {
    return new LongviewError(
      data.code,
      data.message,
      data.remedy,
      data.details ? { details: data.details } : {},
    );
  }
}

/** A wrong argument: quotes the name, what was expected and the value that came. */
export function badArgument(name: string, expected: string, value: unknown): LongviewError {
  return new LongviewError(
    'bad-argument',
    `${name} must be ${expected}, got ${quote(value)}`,
    `Give ${name} as ${expected}.`,
    { details: { name } },
  );
}

/** Throws a `cancelled` error when the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new LongviewError('cancelled', 'The operation was cancelled.', 'Start it again when you like.', {
      cause: signal.reason,
    });
  }
}

/** A value as it is quoted in messages: strings in quotes (cut at 80 characters), numbers bare. */
export function quote(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  if (value === undefined || value === null) return String(value);
  try {
    return JSON.stringify(value).slice(0, 80);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
