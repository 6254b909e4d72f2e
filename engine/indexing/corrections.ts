import { z } from 'zod';
import type { Store } from '../library/index.ts';
import { transcriptCorrectionSchema, type TranscriptCorrection } from '../protocol/transcript.ts';

const stored = z.array(transcriptCorrectionSchema).catch([]);
/** By content: they stay where a file is moved, heard again, or removed and added again. */
const setting = (contentHash: string) => `corrections/${contentHash}`;

/** What a person put right in what was heard in a video. */
export function correctionsOf(store: Store, contentHash: string): TranscriptCorrection[] {
  return stored.parse(store.setting(setting(contentHash)) ?? []);
}

/** Keeps a correction; one of the same stretch of time before it goes, what it replaced is still known. */
export function keepCorrection(store: Store, contentHash: string, correction: TranscriptCorrection): void {
  const same = ({ start, end }: TranscriptCorrection) => start === correction.start && end === correction.end;
  const known = correctionsOf(store, contentHash);
  const before = known.find(same);
  store.setSetting(setting(contentHash), [
    ...known.filter((other) => !same(other)),
    { ...correction, was: before?.was ?? correction.was },
  ]);
}
