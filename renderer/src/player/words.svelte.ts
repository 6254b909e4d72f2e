import { engine } from '../engine/index.ts';
import { shown, type Shown } from '../state/failure.ts';
import type { ScreenTextResult, Transcript } from '../../../engine/protocol/transcript.ts';

/** A line of words, wherever they come from. */
export interface WordLine {
  start: number;
  end: number;
  text: string;
  speaker?: string | undefined;
  corrected?: true | undefined;
}

/** Where the lines of the panel come from: some that are said, or all that is written in the picture. */
export type Source = Transcript['sources'][number] | { source: 'on-screen'; language: null; lines: number };

/** What is said and written in one video, as the player shows it. */
export class Words {
  readonly video: string;
  /** What is said: of the source that was chosen last, else of the best. */
  said = $state.raw<Transcript | undefined>();
  written = $state.raw<ScreenTextResult['lines']>([]);
  #onScreen = $state(false);
  error = $state.raw<Shown | undefined>();
  readonly sources: Source[] | undefined = $derived.by(() => {
    if (!this.said) return undefined;
    const { length } = this.written;
    const onScreen = { source: 'on-screen' as const, language: null, lines: length };
    return [...this.said.sources, ...(length > 0 ? [onScreen] : [])];
  });
  /** What the panel shows. */
  readonly source: Source | undefined = $derived.by(() => {
    const { said, sources = [] } = this;
    const heard = sources.find((one) => sameSource(one, said));
    const onScreen = sources.find(({ source }) => source === 'on-screen');
    return this.#onScreen || !heard ? (onScreen ?? heard) : heard;
  });
  /** Its lines. */
  readonly lines: readonly WordLine[] = $derived(
    this.source?.source === 'on-screen' ? this.written : (this.said?.lines ?? []),
  );

  constructor(video: string) {
    this.video = video;
  }

  /** Reads what there is; what is chosen stays chosen. */
  async load(): Promise<void> {
    await this.#read(this.said?.sources.find((one) => sameSource(one, this.said)));
  }

  /** Shows the lines of another source. */
  async choose(source: Source): Promise<void> {
    this.#onScreen = source.source === 'on-screen';
    await this.#read(source);
  }

  async #read(source: Source | undefined): Promise<void> {
    const { video } = this;
    const { language = null } = source ?? {};
    try {
      const [said, read] = await Promise.all([
        !source || source.source === 'on-screen'
          ? (this.said ?? engine.call('transcript', { video }))
          : engine.call('transcript', {
              ...{ video, source: source.source },
              ...(language === null ? {} : { language }),
            }),
        engine.call('screenText', { video }),
      ]);
      this.said = said;
      this.written = read.lines;
      this.error = undefined;
    } catch (cause) {
      this.error = shown(cause);
    }
  }

  /** Says what a line says. @throws CallError */
  async correct({ start, end }: WordLine, text: string): Promise<void> {
    this.said = await engine.call('correctTranscript', { video: this.video, start, end, text });
  }
}

/** Whether two name the same lines. */
export function sameSource(
  a: Pick<Source, 'source' | 'language'>,
  b: Pick<Source, 'source' | 'language'> | undefined,
): boolean {
  return a.source === b?.source && a.language === b.language;
}
