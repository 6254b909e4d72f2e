import type { LibraryVideo } from '../../engine/protocol/results.ts';
import type { Transcript, TranscriptTools } from '../../engine/protocol/transcript.ts';

/** What is said and written in the pretended videos. @param known finds a video */
export function pretendTranscripts(known: (id: string) => LibraryVideo): TranscriptTools {
  let corrections: { start: number; end: number; text: string }[] = [];
  return {
    transcript: async ({ video, source = 'speech' }) => said(known(video), source, corrections),
    async correctTranscript({ video, start, end, text }) {
      corrections = [...corrections.filter((line) => line.start !== start), { start, end, text }];
      return said(known(video), 'speech', corrections);
    },
    exportTranscript: async ({ format }, { place } = {}) => ({
      name: `talk.${format}`,
      out: !place ? null : 'file' in place ? place.file : `${place.folder}/talk.${format}`,
      text: place ? null : `${format} of 3`,
      moments: 3,
      notes: [],
      skipped: [],
    }),
    screenText: async ({ video: id }) => {
      const { path, durationSec } = known(id);
      const box: [number, number, number, number] = [0.1, 0.1, 0.6, 0.2];
      const line = {
        text: 'Photosynthesis',
        start: 0,
        end: 12,
        kind: 'on-screen' as const,
        box,
        confidence: 0.9,
      };
      return { videoId: id, path, durationSec, readSec: durationSec ?? 0, lines: [line] };
    },
  };
}

/** A line each ten seconds. */
function said(
  { id, path, durationSec }: LibraryVideo,
  source: Transcript['source'],
  corrections: readonly { start: number; end: number; text: string }[],
): Transcript {
  const model = source === 'speech' ? 'pretend' : null;
  const lines = ['Good morning.', 'Today we talk about the budget.', 'Are there any questions?'];
  return {
    ...{ videoId: id, path, durationSec, source, model, heardSec: durationSec ?? 0 },
    language: source === 'captions' ? 'en' : null,
    sources: [
      { source: 'speech', language: null, lines: lines.length },
      { source: 'captions', language: 'en', lines: lines.length },
    ],
    lines: lines.flatMap((text, index) => {
      const line = { start: 10 * index, end: 10 * index + 4, text };
      const corrected = corrections.find(({ start }) => start === line.start);
      if (corrected?.text === '') return [];
      return [corrected ? { ...corrected, corrected: true as const } : line];
    }),
  };
}
