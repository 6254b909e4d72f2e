import { z } from 'zod';

/** The architectures of speech models that are run. */
export const speechKinds = ['whisper', 'sense-voice', 'transducer', 'moonshine'] as const;
/** One of {@link speechKinds}. */
export type SpeechKind = (typeof speechKinds)[number];

/** A file name inside the model's folder: no separators, no parent. */
const fileName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be a plain file name inside the folder');

/** `speech.json`: what a speech model is, and the files that it is made of. A bundle of its own kind. */
export const speechManifestSchema = z.strictObject({
  format: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be lower-case letters, digits, ., _ or -'),
  name: z.string().min(1).max(200),
  kind: z.enum(speechKinds),
  /** Which file is what: "encoder", "decoder", "joiner", "model", "tokens", … */
  parts: z.record(z.string(), fileName),
  /** A transducer of NVIDIA's NeMo (Parakeet), which is decoded in its own way. */
  nemo: z.boolean(),
  precision: z.enum(['fp32', 'fp16', 'int8']),
  /** BCP 47; empty where the model doesn't tell. */
  languages: z.array(z.string()),
  files: z.array(
    z.strictObject({
      path: fileName,
      bytes: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  licence: z.string(),
  provenance: z.string(),
});

/** A parsed `speech.json`. */
export type SpeechManifest = z.infer<typeof speechManifestSchema>;
