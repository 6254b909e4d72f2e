import { LongviewError } from '../../protocol/errors.ts';

/** Most problems that a message spells out. */
const spelledOut = 12;

/** Collects everything that is wrong with a folder, so that one error can name it all. */
export class Problems {
  readonly #what: string;
  readonly #found: string[] = [];

  /** @param what what is being read, as it begins the message: `The checkpoint "my-model"`. */
  constructor(what: string) {
    this.#what = what;
  }

  /** Notes a problem, in words that name the field, tensor or file. */
  add(problem: string | undefined): void {
    if (problem !== undefined) this.#found.push(problem);
  }

  /** @throws LongviewError `bad-checkpoint` naming everything that was noted, if anything was. */
  throwIfAny(): void {
    if (this.#found.length === 0) return;
    const shown = this.#found.slice(0, spelledOut).join('; ');
    const rest = this.#found.length - spelledOut;
    throw badCheckpoint(
      `${this.#what} can't be converted: ${shown}${rest > 0 ? `; and ${rest} more` : ''}.`,
      {
        problems: this.#found,
      },
    );
  }
}

/** The error of a checkpoint that is not what it should be. */
export function badCheckpoint(
  message: string,
  details?: Record<string, unknown>,
  cause?: unknown,
): LongviewError {
  return new LongviewError(
    'bad-checkpoint',
    message,
    'Take a complete folder of the kind that the message names, as it was published or as training saved it.',
    { ...(details ? { details } : {}), ...(cause === undefined ? {} : { cause }) },
  );
}
