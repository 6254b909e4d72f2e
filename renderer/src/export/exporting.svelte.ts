import { why } from '../i18n/why.ts';
import type { Found } from '../i18n/why.ts';
import type { Exportable } from './save.ts';

interface Exporting {
  title: string;
  moments: readonly Exportable[];
}

let current = $state.raw<Exporting | undefined>();

/** What the export dialog is open for; undefined where it is closed. */
export function exporting(): Exporting | undefined {
  return current;
}

/** Opens the export dialog for some moments; without any, closes it. */
export function exportMoments(wanted?: Exporting): void {
  current = wanted && wanted.moments.length > 0 ? wanted : undefined;
}

/** A found moment as it is exported: its reason is the note. */
export function exportable(video: string, found: Found & { start: number; end: number }, confidence: number) {
  const { start, end } = found;
  return { video, start, end, note: why(found), confidence } satisfies Exportable;
}
