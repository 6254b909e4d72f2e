import { z } from 'zod';
import { transcriptLineSchema } from '../protocol/transcript.ts';
import { speechKinds } from '../protocol/speech.ts';

const seconds = z.number().nonnegative();
/** What the process has cost so far: resident memory in bytes, and seconds of all its threads. */
const cost = { memoryBytes: z.int().nonnegative(), cpuSec: seconds };

/** What to load: a model's files by their part, absolute paths. */
export const earsSpecSchema = z.strictObject({
  kind: z.enum(speechKinds),
  /** A transducer of NeMo's. */
  nemo: z.boolean(),
  files: z.record(z.string(), z.string()),
  /** BCP 47 of what is spoken; absent: the recogniser finds it, piece by piece. */
  language: z.string().optional(),
  /** The weights that find speech (Silero VAD). */
  vad: z.string(),
  threads: z.int().positive(),
});

/** To the listening process. The first is `open`, once. */
export const toListenerSchema = z.union([
  z.strictObject({ open: earsSpecSchema }),
  /** A new recording: its sound begins at a time. What was left of another is forgotten. */
  z.strictObject({ begin: z.int().nonnegative(), from: seconds }),
  z.strictObject({ run: z.int().nonnegative(), time: seconds, samples: z.instanceof(Float32Array) }),
  /** The recording has ended. */
  z.strictObject({ end: z.int().nonnegative() }),
]);

/** From the listening process. */
export const fromListenerSchema = z.union([
  z.strictObject({ ready: z.literal(true), ...cost }),
  /** So many samples of a recording were taken in: more may be sent. */
  z.strictObject({ took: z.int().nonnegative(), samples: z.int().nonnegative() }),
  z.strictObject({
    piece: z.int().nonnegative(),
    until: seconds,
    lines: z.array(transcriptLineSchema),
    dropped: z.strictObject({ text: z.string(), why: z.string() }).optional(),
    ...cost,
  }),
  z.strictObject({ done: z.int().nonnegative() }),
  /** It can't go on. `open`: the model didn't load. */
  z.strictObject({ failed: z.string(), open: z.boolean() }),
]);

/** Parsed {@link earsSpecSchema}. */
export type EarsSpec = z.infer<typeof earsSpecSchema>;
/** Parsed {@link toListenerSchema}. */
export type ToListener = z.infer<typeof toListenerSchema>;
/** Parsed {@link fromListenerSchema}. */
export type FromListener = z.infer<typeof fromListenerSchema>;
