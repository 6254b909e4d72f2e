import type { Exportable } from '../export/save.ts';
import type { KeptMoment } from '../../../engine/protocol/keeping.ts';

/** Kept moments as they are exported, in the order of their video and time; those whose video is gone are left out. */
export function keptExportable(moments: readonly KeptMoment[]): Exportable[] {
  return moments
    .toSorted((a, b) => a.path.localeCompare(b.path) || a.start - b.start)
    .flatMap(({ videoId, start, end, note, title }) =>
      videoId === null ? [] : [{ video: videoId, start, end, note: note || title, confidence: 1 }],
    );
}
