import type { VideoDetails } from '../../../engine/protocol/view.ts';

/**
 * Whether a video can be searched and asked about: it has an index, or a part of one, also where its file is gone.
 * Of a part the engine tells itself where that is too little.
 */
export function searchable({ status, labels, stills }: VideoDetails): boolean {
  if (status === 'indexed' || status === 'partial') return true;
  return status === 'missing' && (labels.length > 0 || stills.length > 0);
}
