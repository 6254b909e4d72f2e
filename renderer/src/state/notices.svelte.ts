import { shown, type Shown } from './failure.ts';

/** A word on what was just done, or why it couldn't be; it goes by itself. */
export interface Notice {
  id: number;
  text?: string;
  error?: Shown;
  /** A way back, and what it is called. */
  action?: { text: string; run: () => void };
}

/** Long enough to read and to reach the button; what went wrong stays until it is closed. */
const stayMs = 7000;

let last = 0;
let current = $state.raw<Notice | undefined>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** What is said now. */
export function notice(): Notice | undefined {
  return current;
}

/** Says something; what was said before goes. */
export function notify(what: Omit<Notice, 'id'>): void {
  clearTimeout(timer);
  current = { ...what, id: ++last };
  if (!what.error) timer = setTimeout(() => (current = undefined), stayMs);
}

/** Says nothing any more. */
export function dismiss(): void {
  clearTimeout(timer);
  current = undefined;
}

/** Does something that may fail, and says so where it does. @returns whether it was done */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (cause) {
    const error = shown(cause);
    if (error) notify({ error });
    return false;
  }
}

/** Copies a text, and says that it is copied. */
export function copy(text: string, said: string): void {
  void attempt(async () => {
    await navigator.clipboard.writeText(text);
    notify({ text: said });
  });
}
