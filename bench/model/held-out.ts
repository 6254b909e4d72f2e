import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LongviewError } from '../../engine/protocol/errors.ts';

const schema = z.looseObject({
  photographs: z.record(z.string(), z.array(z.string()).min(1)),
  objects: z.array(z.string()),
  style: z.literal('openmoji'),
  learnt: z.record(z.string(), z.array(z.string()).min(1)),
  kinds: z.record(z.string(), z.object({ are: z.array(z.string()), 'may be': z.array(z.string()) })),
});

/**
 * What training never saw: photographs by kind (files below the photographs' folder), whole objects, a drawing style;
 * and what it did learn: each thing with all its names, and for each kind of thing ("animal") which things are one and which
 * may be.
 */
export type HeldOut = z.infer<typeof schema>;

const path = join(import.meta.dirname, '../../models/training/held-out.json');

/** Reads the list that training writes. @throws LongviewError `bad-argument` when it is missing or not one. */
export async function readHeldOut(): Promise<HeldOut> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new LongviewError(
      'bad-argument',
      'models/training/held-out.json is missing or not a list of what was held out.',
      'Take it from the repository again, or let models/training write it.',
      { cause },
    );
  }
}
