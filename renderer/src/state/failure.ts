import { CallError } from '../engine/index.ts';

/** An error as the interface shows it. */
export interface Shown {
  code: string;
  message: string;
  remedy: string;
}

/** Any error as something to show; undefined for a cancelled call, which nobody needs to be told of. */
export function shown(error: unknown): Shown | undefined {
  if (error instanceof CallError)
    return error.code === 'cancelled'
      ? undefined
      : { code: error.code, message: error.message, remedy: error.remedy };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), remedy: '' };
}
