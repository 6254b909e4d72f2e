import { z } from 'zod';

/** A size. */
export const count = z.int().positive().max(1_000_000_000);

/** The number of a token. */
export const tokenId = z.int().nonnegative();

/** A field that may be left out or null; either means the default. */
export const withDefault = <Schema extends z.ZodType>(schema: Schema, value: z.output<Schema>) =>
  schema.nullish().transform((given): z.output<Schema> => given ?? value);
