import { z } from 'zod';
import { errorDataSchema } from './results.ts';

/** The annotation files that can be read; `longview` is our own. */
export const annotationFormats = [
  'longview',
  'qvhighlights',
  'charades-sta',
  'mlvu',
  'longvideobench',
  'video-mme',
] as const;

/** One of {@link annotationFormats}. */
export type AnnotationFormat = (typeof annotationFormats)[number];

const share = z.number().min(0).max(1);
const milliseconds = z.number().nonnegative();
const position = z.union([z.object({ line: z.int().positive() }), z.object({ entry: z.int().positive() })]);

/** How long answers took, in milliseconds: nearest-rank percentiles. */
export const latencySchema = z.object({
  p50: milliseconds,
  p90: milliseconds,
  p95: milliseconds,
  p99: milliseconds,
  max: milliseconds,
});

/** Measures of finding moments; null where there was nothing to measure. */
export const momentMeasuresSchema = z.object({
  /** Queries asked, and how many of them have a right answer in their video. */
  queries: z.int().nonnegative(),
  present: z.int().nonnegative(),
  /** Share of the present whose first moment overlaps a right one by at least 0.3, 0.5, 0.7. */
  recallAt1: z.object({ 'iou0.3': share, 'iou0.5': share, 'iou0.7': share }).nullable(),
  /** QVHighlights' mean average precision over IoU 0.5 to 0.95, and at two of them. */
  map: z.object({ average: share, 'iou0.5': share, 'iou0.75': share }).nullable(),
  /** Rank of the first moment with IoU >= 0.5; null where half or more of the queries have none in their list. */
  medianRank: z.number().positive().nullable(),
  /** How well "no confident match" tells that the thing is not in the video. */
  notHere: z.object({
    /** How many are absent, how often it was said, and how often rightly. */
    absent: z.int().nonnegative(),
    said: z.int().nonnegative(),
    right: z.int().nonnegative(),
    precision: share.nullable(),
    recall: share.nullable(),
  }),
  /** Until the refined list; until the first list. */
  latencyMs: latencySchema.nullable(),
  firstLatencyMs: latencySchema.nullable(),
});

/** Measures of multiple-choice questions; null where there was nothing to measure. */
export const choiceMeasuresSchema = z.object({
  questions: z.int().nonnegative(),
  right: z.int().nonnegative(),
  accuracy: share.nullable(),
  /** What guessing would get. */
  chance: share.nullable(),
  /** Answers that name no option, or several; they count as wrong. */
  unmatched: z.int().nonnegative(),
  /** Mean of the groups' accuracies (MLVU's M-Avg). */
  macroAccuracy: share.nullable(),
  groups: z.array(z.object({ group: z.string(), questions: z.int().positive(), accuracy: share })),
  latencyMs: latencySchema.nullable(),
});

/** `eval --json`. */
export const evaluationResultSchema = z.object({
  file: z.string(),
  format: z.string(),
  /** Annotations in the file, and how many of them were asked. */
  tasks: z.int().nonnegative(),
  asked: z.int().nonnegative(),
  moments: momentMeasuresSchema.nullable(),
  choice: choiceMeasuresSchema.nullable(),
  /** Annotations that can't be read. */
  bad: z.array(z.object({ at: position, problem: z.string() })),
  /** Videos that weren't there, and how many annotations want each. */
  missing: z.array(z.object({ video: z.string(), tasks: z.int().positive(), problem: z.string() })),
  /** Annotations that the engine failed at. */
  failed: z.array(z.object({ at: position, video: z.string(), error: errorDataSchema })),
  wallSec: z.number().nonnegative(),
});

/** Parsed {@link latencySchema}. */
export type Latency = z.infer<typeof latencySchema>;
/** Parsed {@link momentMeasuresSchema}. */
export type MomentMeasures = z.infer<typeof momentMeasuresSchema>;
/** Parsed {@link choiceMeasuresSchema}. */
export type ChoiceMeasures = z.infer<typeof choiceMeasuresSchema>;
/** Parsed {@link evaluationResultSchema}. */
export type EvaluationResult = z.infer<typeof evaluationResultSchema>;
