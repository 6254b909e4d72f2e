import { exportFormatNames } from './export.ts';
import { z } from 'zod';
import { providerChoices } from './requests.ts';
import { errorDataSchema } from './results.ts';
import type { CallOptions } from './engine.ts';
import type { ImportResult, ModelsResult } from './results.ts';
import type { StorageResult } from './view.ts';
import { capabilities } from './bundle.ts';

const seconds = z.number().nonnegative();
const place = z.string('a video id or path').min(1, 'a video id or path');
const path = z.string('a path').min(1, 'a path').max(4096, 'a path');

/** `footageFacts`: what only the file itself can tell; read when a video is opened. */
export const footageFactsSchema = z.object({
  /** ffmpeg's name of the container. */
  container: z.string(),
  /** ffmpeg's name of the sound's codec; null where there is no sound. */
  audioCodec: z.string().nullable(),
  /** A player that knows the codecs shows of the file itself what is indexed; else only a stream of it does. */
  playsAsItIs: z.boolean(),
  /** Chapters of the recording, in order. */
  chapters: z.array(z.object({ start: seconds, end: seconds, title: z.string().nullable() })),
});

/** `footageAt`: paths as somebody wrote them: whole ones, from `~` on, or `file:` addresses. */
export const footageAtRequestSchema = z.strictObject({ paths: z.array(path).min(1, 'at least one path') });

/** Whole paths of what can be indexed, and why nothing can be at the others. */
export const footageAtSchema = z.object({
  paths: z.array(z.string()).min(1),
  errors: z.array(z.object({ path: z.string(), error: errorDataSchema })),
});

/** `relink`: a missing video, and the file or the folder to look for it in. */
export const relinkRequestSchema = z.strictObject({ video: place, path });

/** Every missing video that was found there, not only the one that was asked for. */
export const relinkResultSchema = z.object({ found: z.array(z.string()).min(1) });

/** Where `exportMoments` may write to. */
export const exportTargets = ['text', 'folder', 'choose'] as const;

/** `exportMoments`: what is to be written, and how. */
export const exportRequestSchema = z.strictObject({
  /** What was looked for or asked. */
  title: z.string().trim().min(1, 'a title').max(2000),
  moments: z
    .array(
      z.strictObject({
        video: place,
        start: seconds,
        end: seconds,
        note: z.string().max(2000).optional(),
        confidence: z.number().min(0).max(1).optional(),
      }),
    )
    .min(1, 'at least one moment')
    .max(10_000),
  format: z.enum(exportFormatNames, `one of ${exportFormatNames.join(', ')}`),
  /**
   * Where it goes: the text comes back (default; not for clips), into the host's folder for exports, or to a place that
   * the person chooses in the system's dialog. A request can't name a path.
   */
  to: z.enum(exportTargets, `one of ${exportTargets.join(', ')}`).optional(),
  /** Of clips: encode again, so that they begin and end on the very frames. */
  exact: z.boolean().optional(),
});

/** What was written. */
export const exportedSchema = z.object({
  /** A good name for the file. */
  name: z.string(),
  /** Where it was written; null where the text comes back. */
  out: z.string().nullable(),
  text: z.string().nullable(),
  moments: z.int().nonnegative(),
  /** What should be known of the times. */
  notes: z.array(z.string()),
  /** Videos or clips that were left out, and why. */
  skipped: z.array(z.object({ path: z.string(), error: errorDataSchema })),
});

/** `catalogue`: the public models that can be fetched. Reading it touches no network. */
export const catalogueSchema = z.object({
  /** Where they are fetched from. */
  hub: z.string(),
  models: z.array(
    z.object({
      /** The hub's name: "Qwen/Qwen2-VL-2B-Instruct". */
      name: z.string(),
      title: z.string(),
      can: z.array(z.enum(capabilities)),
      licence: z.string(),
      /** About how much is fetched. */
      aboutBytes: z.int().positive(),
      /** What a fetch that was broken off has left here. */
      haveBytes: z.int().nonnegative(),
      /** The bundle's id once it is there. */
      id: z.string(),
      installed: z.boolean(),
    }),
  ),
});

/** `downloadModel`: a name of the catalogue. */
export const downloadRequestSchema = z.strictObject({ name: z.string().min(1, 'a name of the catalogue') });

/** `removeModel`: a bundle that was imported or fetched. */
export const removeModelRequestSchema = z.strictObject({ id: z.string().min(1, 'a model’s id') });

/** `testProviders`: what each execution provider's self-test found on this machine. */
export const providersSchema = z.object({
  providers: z.array(
    z.object({
      provider: z.enum(providerChoices),
      works: z.boolean(),
      found: z.string(),
      remedy: z.string().optional(),
    }),
  ),
});

/** How hard Longview may work on this machine. */
export const limitsSchema = z.strictObject({
  /** Threads of the CPU provider; null: as many as the runtime likes. */
  threads: z.int('a number of threads').min(1, 'at least 1').max(512, 'at most 512').nullable(),
  /** Rest half of the time while indexing: never, on battery, or always. */
  lowPower: z.enum(['never', 'battery', 'always']),
  provider: z.enum(providerChoices, `one of ${providerChoices.join(', ')}`),
  /** Id of the bundle that answers questions; null: the one that the library is indexed with; absent: as it is. */
  decoder: z.string().min(1).nullable().optional(),
});

/** {@link limitsSchema}, and what there is to choose from. */
export const limitsResultSchema = limitsSchema.extend({ cores: z.int().positive() });

/** Parsed {@link footageFactsSchema}. */
export type FootageFacts = z.infer<typeof footageFactsSchema>;
/** Parsed {@link footageAtSchema}. */
export type FootageAt = z.infer<typeof footageAtSchema>;
/** Parsed {@link relinkRequestSchema}. */
export type RelinkRequest = z.infer<typeof relinkRequestSchema>;
/** Parsed {@link relinkResultSchema}. */
export type RelinkResult = z.infer<typeof relinkResultSchema>;
/** Parsed {@link exportRequestSchema}. */
export type ExportMomentsRequest = z.infer<typeof exportRequestSchema>;
/** Where a host puts an export. Windows can't say it. */
export type ExportPlace =
  /** The file to write, which its owner agreed to replace unless `overwrite` says otherwise. */
  | { file: string; overwrite?: boolean }
  /** The folder in which a free name is taken. */
  | { folder: string };
/** Parsed {@link exportedSchema}. */
export type Exported = z.infer<typeof exportedSchema>;
/** Parsed {@link catalogueSchema}. */
export type Catalogue = z.infer<typeof catalogueSchema>;
/** Parsed {@link downloadRequestSchema}. */
export type DownloadRequest = z.infer<typeof downloadRequestSchema>;
/** Parsed {@link providersSchema}. */
export type Providers = z.infer<typeof providersSchema>;
/** Parsed {@link limitsSchema}. */
export type Limits = z.infer<typeof limitsSchema>;
/** Parsed {@link limitsResultSchema}. */
export type LimitsResult = z.infer<typeof limitsResultSchema>;

/** What a window does beside searching and asking. Every method may throw LongviewError `bad-argument`. */
export interface WindowTools {
  /** @throws LongviewError `video-missing`, and what probing throws. */
  footageFacts(request: { video: string }): Promise<FootageFacts>;
  /**
   * Makes written paths whole and looks whether there is footage at them.
   * @throws LongviewError where there is none at any of them: `file-not-found`, `not-a-video`, `no-video-stream`, …
   */
  footageAt(request: { paths: string[] }, options?: CallOptions): Promise<FootageAt>;
  /** Finds missing footage by its content. @throws LongviewError `video-missing` where it isn't there. */
  relink(request: RelinkRequest, options?: CallOptions): Promise<RelinkResult>;
  /**
   * Writes moments for another program: to a place of the host's, or as a text that comes back.
   * @throws LongviewError as engine/export.
   */
  exportMoments(
    request: ExportMomentsRequest,
    options?: CallOptions & { place?: ExportPlace },
  ): Promise<Exported>;
  catalogue(): Promise<Catalogue>;
  /** Fetches a model of the catalogue and makes a bundle of it; goes on where it was broken off. */
  downloadModel(request: DownloadRequest, options?: CallOptions): Promise<ImportResult>;
  /** Deletes a bundle's files. The built-in one and the one in use stay. */
  removeModel(request: { id: string }): Promise<ModelsResult>;
  testProviders(): Promise<Providers>;
  limits(): Promise<LimitsResult>;
  /** Takes effect with the next thing that is begun. */
  setLimits(request: Limits): Promise<LimitsResult>;
  /** Deletes what indexing makes again: stills and features. @throws LongviewError `library-locked` while indexing. */
  clearCache(): Promise<StorageResult>;
}
