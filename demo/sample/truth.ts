import { z } from 'zod';

const span = { start: z.number().min(0), end: z.number().positive() };

/** What the sample recording shows, written beside it as JSON. Times are seconds on the file's own timeline. */
export const truthSchema = z.object({
  /** File name of the recording, in the same folder. */
  video: z.string(),
  /** Changes whenever the film would come out differently. */
  recipe: z.string(),
  seed: z.number(),
  durationSec: z.number().positive(),
  fps: z.number(),
  width: z.number(),
  height: z.number(),
  scenes: z.array(
    z.object({
      ...span,
      background: z.string(),
      light: z.string(),
      camera: z.string(),
      title: z.string().optional(),
      objects: z.array(z.object({ name: z.string(), style: z.string(), motion: z.string(), ...span })),
    }),
  ),
  /** Each object with the moments at which at least half of it is on the screen. */
  events: z.array(z.object({ name: z.string(), moments: z.array(z.object(span)) })),
  /** Names of things that are certainly not in the film. */
  absent: z.array(z.string()),
});

/** See {@link truthSchema}. */
export type Truth = z.infer<typeof truthSchema>;
