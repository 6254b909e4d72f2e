import { LongviewError } from '../protocol/errors.ts';
import type { Failure } from '../protocol/wire.ts';

/** An error as it crosses a border: a typed one as it is, anything else as a bug ("internal"). */
export function failureOf(error: unknown): Failure {
  if (error instanceof LongviewError)
    return { code: error.code, message: error.message, remedy: error.remedy };
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    remedy: 'This is a fault in Longview. Try again; if it stays, please report it with this message.',
  };
}
