import { LongviewError, quote } from '../protocol/errors.ts';
import { parseRequest } from '../protocol/requests.ts';
import {
  correctionRequestSchema,
  transcriptCorrectionSchema,
  transcriptRequestSchema,
  type Transcript,
  type TranscriptLine,
  type TranscriptTools,
} from '../protocol/transcript.ts';
import { correctionsOf, keepCorrection, lineOfTrack, trackLine } from '../indexing/index.ts';
import type { Store, StoredLine, StoredVideo, Track } from '../library/index.ts';
import { correctLines } from '../speech/index.ts';

/** What transcripts need of the library. */
export interface TranscriptDeps {
  store: () => Store;
  video: (idOrPath: string) => Promise<StoredVideo>;
}

/** What is said in videos, from the file's own captions or as it was heard. */
export function transcripts({ store, video }: TranscriptDeps): TranscriptTools {
  return {
    async transcript(request) {
      const { video: place, source, language } = parseRequest(transcriptRequestSchema, request);
      const found = await video(place);
      const captions = captionsOf(store(), found.id, language);
      if (source === 'captions' || (source === undefined && captions.length > 0))
        return captioned(found, captions);
      return heard(store(), found);
    },
    async correctTranscript(request) {
      const { video: place, start, end, text, speaker } = parseRequest(correctionRequestSchema, request);
      const found = await video(place);
      const before = heard(store(), found);
      if (before.heardSec === 0) throw notHeard(found.path);
      const was = before.lines
        .filter((line) => Math.min(line.end, end) > Math.max(line.start, start))
        .map((line) => line.text)
        .join(' ');
      const at = new Date().toISOString();
      const correction = {
        ...{ start, end, was, text: text.trim(), at },
        ...(speaker === undefined ? {} : { speaker }),
      };
      keepCorrection(store(), found.contentHash, correction);
      store().tellHub('correct', found.contentHash, correction);
      const after = heard(store(), found);
      rewrite(store(), found, after.lines);
      return after;
    },
  };
}

/** Takes over what others of a team put right. */
export function takeCorrections(
  store: Store,
  contentHash: string,
  corrections: readonly { body: unknown; by: string }[],
): void {
  const video = store.videoByContent(contentHash);
  if (!video) return;
  const known = correctionsOf(store, contentHash);
  const fresh = corrections.flatMap(({ body, by }) => {
    const { data } = transcriptCorrectionSchema.safeParse(body);
    if (!data) return [];
    const there = known.find(({ start, end }) => start === data.start && end === data.end);
    const isSame = there?.text === data.text && there.speaker === data.speaker && there.at === data.at;
    return isSame ? [] : { ...data, by };
  });
  if (fresh.length === 0) return;
  for (const correction of fresh) keepCorrection(store, contentHash, correction);
  rewrite(store, video, heard(store, video).lines);
}

/** Spoken lines that came with a file; of several languages the one that is asked for, else the one with most lines. */
function captionsOf(store: Store, id: string, language: string | undefined): StoredLine[] {
  const lines = store.lines(id, ['captions']).filter(({ kind }) => kind === 'said');
  if (language !== undefined) return lines.filter((line) => line.language === language);
  const languages = [...Map.groupBy(lines, (line) => line.language).values()];
  return languages.reduce((most, some) => (some.length > most.length ? some : most), []);
}

function captioned({ id, path, durationSec }: StoredVideo, lines: readonly StoredLine[]): Transcript {
  return {
    ...{ videoId: id, path, durationSec, source: 'captions', model: null, heardSec: durationSec },
    lines: lines.map(lineOfTrack),
  };
}

function heard(store: Store, video: StoredVideo): Transcript {
  const { id, path, durationSec, contentHash } = video;
  const track = heardTrack(store, id);
  const lines = track ? store.lines(id, ['transcript']).map(lineOfTrack) : [];
  const { model } = track?.settings ?? {};
  return {
    ...{ videoId: id, path, durationSec, source: 'speech' },
    model: typeof model === 'string' ? model : null,
    // Sound may end before the picture, or there is none: all of it was heard.
    heardSec: !track ? 0 : track.state === 'whole' ? durationSec : track.reachedSec,
    lines: correctLines(lines, track ? correctionsOf(store, contentHash) : []).lines,
  };
}

function heardTrack(store: Store, id: string): Track | undefined {
  const tracks = store.tracks(id).filter(({ kind }) => kind === 'transcript');
  return tracks.find(({ state }) => state === 'whole') ?? tracks[0];
}

/** Puts corrected lines into a whole track, so that they are found; one that is being made gets them at its end. */
function rewrite(store: Store, { id }: StoredVideo, lines: readonly TranscriptLine[]): void {
  const tracks = store.tracks(id).filter(({ kind }) => kind === 'transcript');
  const whole = tracks.find(({ state }) => state === 'whole');
  if (!whole || tracks.length > 1) return;
  const { kind, extractor, version, settings, reachedSec, coverage } = whole;
  const writer = store.beginTrack(id, { kind, extractor, version, settings });
  writer.appendLines(lines.map(trackLine), reachedSec);
  writer.complete(coverage);
}

function notHeard(path: string): LongviewError {
  return new LongviewError(
    'nothing-to-export',
    `Nothing was heard in ${quote(path)} yet, so there is nothing to correct.`,
    'Index it with speech first. Captions are corrected in their own file.',
  );
}
