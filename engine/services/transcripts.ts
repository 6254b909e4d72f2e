import { basename, parse } from 'node:path';
import { exportMaterial, exportTranscript, materialOfLines } from '../export/index.ts';
import { correctionsOf, keepCorrection, lineOfTrack, trackLine } from '../indexing/index.ts';
import type { Store, StoredLine, StoredVideo, Track } from '../library/index.ts';
import type { MediaTools } from '../media/index.ts';
import type { CallOptions } from '../protocol/engine.ts';
import { LongviewError, quote } from '../protocol/errors.ts';
import { transcriptFormatNames } from '../protocol/export.ts';
import { exportName } from '../protocol/export-name.ts';
import { parseRequest } from '../protocol/requests.ts';
import {
  correctionRequestSchema,
  exportTranscriptRequestSchema,
  screenTextRequestSchema,
  screenTextResultSchema,
  transcriptCorrectionSchema,
  transcriptRequestSchema,
  type ScreenTextResult,
  type Transcript,
  type TranscriptLine,
  type TranscriptRequest,
  type TranscriptTools,
} from '../protocol/transcript.ts';
import type { Exported, ExportPlace } from '../protocol/window.ts';
import { correctLines } from '../speech/index.ts';
import { placed } from './exporting.ts';

/** What transcripts need of the library. */
export interface TranscriptDeps {
  store: () => Store;
  video: (idOrPath: string) => Promise<StoredVideo>;
  /** Where a video's footage lies. @throws LongviewError `video-missing`. */
  footage: (videoId: string) => Promise<string>;
  tools: () => Promise<MediaTools>;
}

/** What is said in videos, from the file's own captions, as it was heard, or read in the picture. */
export function transcripts(deps: TranscriptDeps): TranscriptTools {
  const { store, video } = deps;
  const transcript = async (request: TranscriptRequest): Promise<Transcript> => {
    const { video: place, source, language } = parseRequest(transcriptRequestSchema, request);
    const found = await video(place);
    const words = wordsOf(store(), found);
    const captions = captionsIn(words, language);
    if (source === 'captions' || (source === undefined && captions.length > 0))
      return shown(words, captioned(found, captions));
    const { spoken, burntIn } = words;
    if (source === 'burnt-in' || (source === undefined && spoken.lines.length === 0 && burntIn.length > 0))
      return shown(words, burnt(store(), found, burntIn));
    return shown(words, spoken);
  };
  return {
    transcript,
    exportTranscript: (request, options = {}) => exported(deps, transcript, request, options),
    async screenText(request) {
      const { video: place } = parseRequest(screenTextRequestSchema, request);
      return readIn(store(), await video(place));
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
      rewrite(store(), found, heard(store(), found).lines);
      const words = wordsOf(store(), found);
      return shown(words, words.spoken);
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

/** A transcript without what else the video has. */
type Lines = Omit<Transcript, 'sources'>;

/** All that is known of what is said in a video. */
interface Words {
  captions: ReadonlyMap<string | null, readonly StoredLine[]>;
  spoken: Lines;
  /** Whether anybody listened. */
  isHeard: boolean;
  /** Subtitles that are part of the picture. */
  burntIn: readonly StoredLine[];
}

function wordsOf(store: Store, video: StoredVideo): Words {
  const lines = store.lines(video.id, ['captions']).filter(({ kind }) => kind === 'said');
  return {
    captions: Map.groupBy(lines, ({ language }) => language ?? null),
    spoken: heard(store, video),
    isHeard: heardTrack(store, video.id) !== undefined,
    burntIn: store.lines(video.id, ['screen-text']).filter(({ kind }) => kind === 'said'),
  };
}

function shown({ captions, spoken, isHeard, burntIn }: Words, lines: Lines): Transcript {
  const languages = [...captions].sort(([, a], [, b]) => b.length - a.length);
  return {
    ...lines,
    sources: [
      ...languages.map(([language, { length }]) => ({
        source: 'captions' as const,
        language,
        lines: length,
      })),
      ...(isHeard ? [{ source: 'speech' as const, language: null, lines: spoken.lines.length }] : []),
      ...(burntIn.length > 0 ? [{ source: 'burnt-in' as const, language: null, lines: burntIn.length }] : []),
    ],
  };
}

/** Spoken lines that came with a file; of several languages the one that is asked for, else the one with most lines. */
function captionsIn({ captions }: Words, language: string | undefined): readonly StoredLine[] {
  if (language !== undefined) return captions.get(language) ?? [];
  return [...captions.values()].reduce((most, some) => (some.length > most.length ? some : most), []);
}

function captioned({ id, path, durationSec }: StoredVideo, lines: readonly StoredLine[]): Lines {
  return {
    ...{ videoId: id, path, durationSec, source: 'captions', model: null, heardSec: durationSec },
    language: lines[0]?.language ?? null,
    lines: lines.map(lineOfTrack),
  };
}

function burnt(store: Store, video: StoredVideo, lines: readonly StoredLine[]): Lines {
  const { id, path, durationSec } = video;
  return {
    ...{ videoId: id, path, durationSec, source: 'burnt-in', model: null, language: null },
    heardSec: reachedSec(store, video, 'screen-text'),
    lines: lines.map(lineOfTrack),
  };
}

function readIn(store: Store, video: StoredVideo): ScreenTextResult {
  const { id, path, durationSec } = video;
  return {
    ...{ videoId: id, path, durationSec, readSec: reachedSec(store, video, 'screen-text') },
    lines: store.lines(id, ['screen-text']).map(({ kind, start, end, text, extra }) => {
      const known = readExtra.safeParse(extra ?? {}).data ?? {};
      const rest = Object.entries(known).filter(([, value]) => value !== undefined);
      const said = kind === 'said' ? 'said' : 'on-screen';
      return { start, end: Math.max(start, end), text, kind: said, ...Object.fromEntries(rest) };
    }),
  };
}

const readExtra = screenTextResultSchema.shape.lines.element
  .pick({ box: true, confidence: true, moving: true })
  .strip();

/** Writes lines as a text, or as markers of an editing program. */
async function exported(
  { store, footage, tools }: TranscriptDeps,
  transcript: TranscriptTools['transcript'],
  request: unknown,
  { place, ...options }: CallOptions & { place?: ExportPlace },
): Promise<Exported> {
  const { format, to: _, ...wanted } = parseRequest(exportTranscriptRequestSchema, request);
  const said = await transcript(wanted);
  if (said.lines.length === 0) throw nothingSaid(said);
  const title = parse(said.path).name;
  const name = exportName(title, format);
  const where = await placed(place, name);
  const others = store()
    .videos()
    .flatMap(({ paths }) => paths);
  const material = { ...said, title };
  const result = { name, notes: [], skipped: [] };
  const text = transcriptFormatNames.find((known) => known === format);
  if (text) {
    const written = await exportTranscript(material, { format: text, footage: others, ...where });
    return { ...result, out: written.out, text: written.text ?? null, moments: written.lines };
  }
  // Markers name the file, and need its frame rate.
  const path = await footage(said.videoId);
  const marked = materialOfLines({ ...material, path });
  const made = { format, footage: others, ...where };
  const {
    out,
    text: list,
    moments,
    notes,
  } = await exportMaterial(marked, made, {
    ...options,
    tools: await tools(),
  });
  return { ...result, out, text: list ?? null, moments, notes };
}

function heard(store: Store, video: StoredVideo): Lines {
  const { id, path, durationSec, contentHash } = video;
  const track = heardTrack(store, id);
  const lines = track ? store.lines(id, ['transcript']).map(lineOfTrack) : [];
  const { model } = track?.settings ?? {};
  return {
    ...{ videoId: id, path, durationSec, source: 'speech', language: null },
    model: typeof model === 'string' ? model : null,
    heardSec: reachedSec(store, video, 'transcript'),
    lines: correctLines(lines, track ? correctionsOf(store, contentHash) : []).lines,
  };
}

/** How far a track goes: what is whole goes to the end, wherever the sound ends. */
function reachedSec(
  store: Store,
  { id, durationSec }: StoredVideo,
  kind: 'transcript' | 'screen-text',
): number {
  const tracks = store.tracks(id).filter((track) => track.kind === kind);
  if (tracks.some(({ state }) => state === 'whole')) return durationSec;
  return tracks.reduce((most, track) => Math.max(most, track.reachedSec), 0);
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

function nothingSaid({ path, source, heardSec }: Transcript): LongviewError {
  const name = quote(basename(path));
  if (source === 'speech' && heardSec > 0)
    return new LongviewError(
      'nothing-to-export',
      `Nobody was heard to speak in ${name}.`,
      'If somebody speaks there, try a larger speech model (longview models import FOLDER).',
    );
  return new LongviewError(
    'nothing-to-export',
    source === 'captions'
      ? `${name} has no such captions.`
      : source === 'burnt-in'
        ? `No subtitles were read in the picture of ${name}.`
        : `Nothing is known of what is said in ${name}.`,
    source === 'burnt-in'
      ? 'Have its text read (longview index VIDEO --with text).'
      : 'Have it heard (longview index VIDEO --with speech), or put a subtitle file beside it and index it again.',
  );
}

function notHeard(path: string): LongviewError {
  return new LongviewError(
    'nothing-to-export',
    `Nothing was heard in ${quote(path)} yet, so there is nothing to correct.`,
    'Index it with speech first. Captions are corrected in their own file.',
  );
}
