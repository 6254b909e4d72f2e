import { setTimeout as wait } from 'node:timers/promises';
import { LongviewError, type ErrorCode } from '../../engine/protocol/errors.ts';
import { pretendFolders } from './pretend-folders.ts';
import { narrowed, person, pretendModels, pretendResult } from './pretend-results.ts';
import { pretendTranscripts } from './pretend-transcripts.ts';
import { keeping } from '../../engine/services/keeping.ts';
import { madeKeeping } from '../fixtures/made-keeping.ts';
import type { ServedEngine } from '../../engine/hosts/session.ts';
import type { SelfTested } from '../../engine/protocol/asking.ts';
import type { Limits } from '../../engine/protocol/window.ts';
import type { KeptJob } from '../../engine/protocol/queue.ts';
import type { AskResult, LibraryVideo } from '../../engine/protocol/results.ts';
import type { AnswersResult } from '../../engine/protocol/view.ts';

/** What the pretended library holds. */
export interface Pretence {
  videos: LibraryVideo[];
  /** Path of the footage behind every video, and its picture's codec. */
  footage?: string;
  codec?: string;
  /** JPEGs; a video's stills are taken from them in turn. */
  stills?: string[];
  /** Pause between the steps of a long call, in milliseconds. */
  pace?: number;
  answers?: AnswersResult['answers'];
  /** Methods that fail, with the error's code, message and remedy. */
  failing?: Partial<Record<keyof ServedEngine, [ErrorCode, string, string]>>;
}

/** A library of `count` videos in three folders. */
export function pretendVideos(count: number, status: LibraryVideo['status'] = 'indexed'): LibraryVideo[] {
  const folders = ['Nordkap 2025', 'Interviews', 'Workshop'];
  return Array.from({ length: count }, (_, number) => ({
    id: `video-${number}`,
    path: `/footage/${folders[number % folders.length]}/clip ${String(number + 1).padStart(4, '0')}.mp4`,
    durationSec: 40 + ((number * 977) % 5400),
    status,
    patches: status === 'indexed' ? 100 : 0,
    model: status === 'indexed' ? 'pretend' : null,
    addedAt: new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString(),
  }));
}

/**
 * An engine without models or files, for tests of what stands around it: the wire, the host and the window. What it
 * finds follows from the words alone ("zebra" is never there); everything else answers from `pretence`.
 */
export function pretendEngine(pretence: Pretence): ServedEngine {
  return new Proxy(willingEngine(pretence), {
    get(engine, name): unknown {
      const failing = pretence.failing?.[name as keyof ServedEngine];
      return failing ? () => Promise.reject(new LongviewError(...failing)) : Reflect.get(engine, name);
    },
  });
}

function willingEngine(pretence: Pretence): ServedEngine {
  const pace = (signal?: AbortSignal) =>
    wait(pretence.pace ?? 0, undefined, { signal }).catch(() => {
      throw new LongviewError('cancelled', 'The operation was cancelled.', 'Start it again when you like.');
    });
  const known = (id: string) => {
    const video = pretence.videos.find((candidate) => candidate.id === id || candidate.path === id);
    if (!video)
      throw new LongviewError(
        'video-not-in-library',
        `There is no video "${id}".`,
        'Add it to the library first.',
      );
    return video;
  };
  const asked = new Map<string, AskResult>();
  let keptJobs: KeptJob[] = [];
  const kept = madeKeeping();
  let tested: SelfTested['found'] = null;
  let answersLimit = 256_000_000;
  let limits: Limits = { threads: null, lowPower: 'battery', provider: 'auto' };

  const answersBytes = () => (pretence.answers?.length ?? 0) * 2_000;
  return {
    async index({ paths }, { signal, onProgress } = {}) {
      for (let step = 0; step <= 20; step++) {
        onProgress?.({
          stage: 'indexing',
          fraction: step / 20,
          realtimeFactor: 14.2,
          secondsLeft: (20 - step) * 3,
          subject: paths[0],
        });
        await pace(signal);
      }
      const videos = paths
        .map((path) => known(path))
        .map((video) => ({ ...video, status: 'indexed' as const }));
      for (const video of videos)
        pretence.videos = pretence.videos.map((other) => (other.id === video.id ? video : other));
      return { videos, wallSec: 1, realtimeFactor: 14.2 };
    },
    library: async () => ({ folder: '/library', videos: pretence.videos }),
    async remove({ video }) {
      const removed = known(video);
      pretence.videos = pretence.videos.filter((other) => other.id !== removed.id);
      return { removed };
    },
    async find({ query = '', in: within, limit = 20, ...filters }, { signal, onFirst } = {}) {
      const first = pretendResult(query, narrowed(pretence.videos, filters), within, limit);
      onFirst?.(first);
      await pace(signal);
      const moments = first.moments.map((moment, index) => ({
        ...moment,
        checked: index % 3 === 0 ? 0.9 : 0.2,
      }));
      moments.sort((a, b) => b.checked - a.checked);
      return { ...first, moments, refined: true };
    },
    async ask({ question, in: places, gamma: wanted = 1.5, fresh }, { signal, onText, onRun } = {}) {
      const video = known([places ?? pretence.videos[0].id].flat()[0]);
      const gamma = typeof wanted === 'number' ? wanted : 1.5;
      const key = `${question} ${video.id} ${wanted}`;
      const cached = asked.get(key);
      if (cached && !fresh) return { ...cached, cached: true };
      const pieces = ['Somebody ', 'sets the table ', 'at 0:12', ' and opens ', 'the window ', 'at 0:31.'];
      for (const piece of pieces) {
        await pace(signal);
        if (wanted === gamma) onText?.(piece);
      }
      const runs = [0.75, 1, 1.5].map((factor) => ({
        gamma: factor,
        answer: factor === 1 ? 'Nobody is there.' : pieces.join(''),
        confidence: 0.8,
        confident: factor !== 1,
        evidence: [],
        statements: [],
        timing: { prefillMs: 300, decodeMs: 900, tokens: 14, totalMs: 1240 },
      }));
      if (wanted !== gamma) runs.forEach((run) => onRun?.(run));
      const answer: AskResult = {
        ...(wanted === gamma ? {} : { runs, agreement: 2 / 3, request: { gamma: wanted } }),
        question,
        answer: pieces.join(''),
        gamma,
        model: 'pretend',
        cached: false,
        confidence: /colour/.test(question) ? 0.3 : 0.82,
        confident: !/colour/.test(question),
        evidence: [
          { start: 12, end: 16, score: 0.91, reason: 'A person', why: [person] },
          { start: 31, end: 35, score: 0.74, reason: 'A person', why: [person] },
        ],
        timing: { prefillMs: 300, decodeMs: 900, tokens: 14, totalMs: 1240 },
        videoId: video.id,
        path: video.path,
        read: { patches: 48, ofPatches: 320 },
      };
      asked.set(key, answer);
      return answer;
    },
    async plan({ question, gamma = 1.5 }) {
      const gammas = typeof gamma === 'number' ? [gamma] : [0.75, 1, 1.5];
      return {
        question,
        cached: false,
        gammas,
        videos: 1,
        ofVideos: 1,
        seconds: 320,
        frames: 96,
        patches: 48,
        passes: 4 * gammas.length,
        promptTokens: 240 * gammas.length,
        newTokens: 30 * gammas.length,
        expectedSec: 1.2 * gammas.length,
        speed: { promptTokensPerSec: 240, newTokensPerSec: 150 },
        trusted: { patches: 48, source: 'training' },
        model: 'pretend',
      };
    },
    async rerun({ number }, options) {
      const again = pretence.answers?.find((answer) => answer.number === number)?.result;
      if (!again)
        throw new LongviewError(
          'bad-argument',
          `There is no answer ${number}.`,
          'Choose one of the history.',
        );
      return this.ask(
        { question: again.question, in: again.videoId, gamma: again.gamma, fresh: true },
        options,
      );
    },
    async selfTest({ in: place }, { signal, onProgress } = {}) {
      const video = known(place);
      const lengths = [12, 24, 48, 96];
      for (const [index, length] of lengths.entries()) {
        onProgress?.({
          stage: `asking about ${2 * length} frames`,
          fraction: index / lengths.length,
          subject: video.path,
        });
        await pace(signal);
      }
      tested = { patches: 48, testedAt: '2026-02-03T10:00:00.000Z' };
      return {
        videoId: video.id,
        path: video.path,
        model: 'pretend',
        gamma: 1.5,
        lengths: lengths.map((patches) => {
          const depths = [0.1, 0.5, 0.9].map((depth) => ({ depth, right: patches > 48 ? 1 : 7, asked: 8 }));
          const right = depths.reduce((sum, at) => sum + at.right, 0);
          return { patches, tokens: patches + 1, right, asked: 24, depths, seconds: patches / 100 };
        }),
        chance: 0.25,
        needed: 0.7,
        safePatches: 48,
        trainedPatches: 48,
        wallSec: 3,
      };
    },
    selfTested: async () => ({ found: tested }),
    async limitAnswers({ bytes, once }) {
      if (!once) answersLimit = bytes;
      if (bytes === 0) pretence.answers = pretence.answers?.filter(({ pinned }) => pinned);
      return { bytes: answersBytes(), limitBytes: answersLimit, removed: 0 };
    },
    models: async () => ({ models: pretendModels }),
    report: async () => ({ text: 'Longview 1.0.0' }),
    doctor: async () => ({
      ok: true,
      checks: [
        { name: 'ffmpeg', ok: true, found: '5.1.9 at /usr/bin/ffmpeg (path); no ffprobe (not needed)' },
      ],
    }),
    async video({ video }) {
      const { id, path, durationSec, status } = known(video);
      return {
        id,
        path,
        durationSec,
        status,
        width: 1280,
        height: 720,
        frameRate: 25,
        codec: pretence.codec ?? 'h264',
        bytes: 1_234_567,
        recordedAt: null,
        stills: [0],
        cuts: [8, 20],
        labels: [{ label: 'person', count: 12 }],
      };
    },
    relevance: async () => ({
      starts: Array.from({ length: 120 }, (_, n) => n / 2),
      scores: Array.from({ length: 120 }, (_, n) => Math.exp(-(((n - 30) / 5) ** 2))),
    }),
    seen: async ({ video }) => ({
      things: pretence.videos.some(({ status }) => status === 'indexed')
        ? [
            { label: 'person', count: 12 },
            { label: video === undefined ? 'laptop' : 'cup', count: 3 },
          ]
        : [],
    }),
    objects: async ({ from, to }) => ({
      frames: Array.from({ length: Math.ceil((to - from) * 2) }, (_, half) => ({
        time: from + half / 2,
        objects: [{ label: 'person', score: 0.8, box: [0.2, 0.2, 0.5, 0.9] }],
      })),
    }),
    answers: async () => ({
      answers: pretence.answers ?? [],
      bytes: answersBytes(),
      limitBytes: answersLimit,
    }),
    editAnswer: async () => ({ answers: pretence.answers ?? [] }),
    clearCache: async () => ({ folder: '/library', libraryBytes: 2_000_000, cacheBytes: 0 }),
    footageFacts: async () => ({
      container: 'mov,mp4,m4a,3gp,3g2,mj2',
      audioCodec: null,
      playsAsItIs: true,
      chapters: [
        { start: 0, end: 6, title: 'Arrival' },
        { start: 6, end: 20, title: null },
      ],
    }),
    async footageAt({ paths }) {
      const holds = (path: string) =>
        pretence.videos.some((video) => video.path === path || video.path.startsWith(`${path}/`));
      const there = paths.filter(holds);
      if (there.length === 0) known(paths[0]);
      const errors = paths
        .filter((path) => !holds(path))
        .map((path) => ({
          path,
          error: {
            code: 'file-not-found' as const,
            message: `${JSON.stringify(path)} does not exist.`,
            remedy: 'Check the spelling.',
          },
        }));
      return { paths: there, errors };
    },
    async relink({ video, path }) {
      const lost = known(video);
      if (!path.endsWith('.mp4') && path !== '/elsewhere')
        throw new LongviewError('video-missing', `It is not at "${path}".`, 'Choose another place.');
      pretence.videos = pretence.videos.map((one) =>
        one.id === lost.id ? { ...one, path: `${path}/${one.id}.mp4`, status: 'indexed' as const } : one,
      );
      return { found: [lost.id] };
    },
    exportMoments: async ({ title, moments, format }, { place } = {}) => ({
      name: `${title}.${format}`,
      out: !place ? null : 'file' in place ? place.file : `${place.folder}/${title}`,
      text: place ? null : `${format} of ${moments.length}`,
      moments: moments.length,
      notes: [],
      skipped: [],
    }),
    async importModel({ folder }, { signal, onProgress } = {}) {
      for (let step = 0; step < 10; step++) {
        onProgress?.({ stage: 'converting weights', fraction: step / 10, subject: folder });
        await pace(signal);
      }
      throw new LongviewError('bad-checkpoint', 'There is no config.json.', 'Give the checkpoint’s folder.');
    },
    catalogue: async () => ({
      hub: 'https://hub.example',
      models: [
        {
          name: 'somebody/reader-2b',
          title: 'Reader 2B',
          can: ['read' as const],
          licence: 'Apache-2.0',
          aboutBytes: 4_400_000_000,
          haveBytes: 0,
          id: 'reader-2b',
          installed: false,
        },
      ],
    }),
    async downloadModel({ name }, { signal, onProgress } = {}) {
      for (let step = 0; step < 10; step++) {
        onProgress?.({ stage: 'downloading', fraction: step / 10, subject: name });
        await pace(signal);
      }
      throw new LongviewError('hub-unreachable', 'https://hub.example could not be reached.', 'Try again.');
    },
    ...pretendFolders(),
    ...keeping({
      store: () => ({
        ...kept,
        videoByContent: (content) => pretence.videos.find(({ id }) => id === content),
      }),
      video: async (place) => ({ ...known(place), contentHash: known(place).id }),
    }),
    removeModel: async () => ({ models: [] }),
    ...pretendTranscripts(known),
    testProviders: async () => ({
      providers: [{ provider: 'cpu' as const, works: true, found: 'always there' }],
    }),
    limits: async () => ({ ...limits, cores: 8 }),
    async setLimits(wanted) {
      limits = { decoder: limits.decoder ?? null, ...wanted };
      return { ...limits, cores: 8 };
    },
    storage: async () => ({ folder: '/library', libraryBytes: 2_000_000, cacheBytes: 80_000_000 }),
    keptQueue: async () => keptJobs,
    keepQueue: async (jobs) => {
      keptJobs = [...jobs];
    },
    async footage(id) {
      known(id);
      if (pretence.footage === undefined)
        throw new LongviewError('video-missing', 'The video file is gone.', 'Put it back.');
      return pretence.footage;
    },
    async still(id, time) {
      const number = pretence.videos.indexOf(known(id));
      const { stills = [] } = pretence;
      return stills[(number * 7 + Math.floor(time / 4)) % stills.length];
    },
    close: async () => undefined,
  };
}
