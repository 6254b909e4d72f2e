import { engine } from '../engine/index.ts';
import { language } from '../i18n/index.svelte.ts';
import { shown } from './failure.ts';
import { gammaRange } from '../../../engine/protocol/gamma.ts';
import type { PlanResult } from '../../../engine/protocol/asking.ts';
import type { AskResult, AskRun } from '../../../engine/protocol/results.ts';
import type { AnswersResult } from '../../../engine/protocol/view.ts';
import type { Shown } from './failure.ts';

/** A scaling factor, or several: "auto" takes what most agree on, "compare" shows them side by side. */
export type Gamma = number | 'auto' | 'compare';

/** What starts an answer: a question, or an entry of the history. */
type Start =
  | { question: string; gamma: Gamma; fresh: boolean; place: string | string[] | undefined }
  | { number: number };

/** One answer on its way or given. */
export class Answer {
  readonly question: string;
  readonly gamma: Gamma;
  phase = $state<'reading' | 'writing' | 'done' | 'failed' | 'cancelled'>('reading');
  text = $state('');
  fraction = $state<number | undefined>();
  result = $state.raw<AskResult | undefined>();
  /** With several factors: each one's answer, as they come. */
  runs = $state.raw<AskRun[]>([]);
  error = $state.raw<Shown | undefined>();
  #stop = new AbortController();

  constructor(question: string, gamma: Gamma) {
    this.question = question;
    this.gamma = gamma;
  }

  /** Asks; resolves when the answer is there, failed or was cancelled. */
  async run(start: Start): Promise<void> {
    const options = {
      signal: this.#stop.signal,
      on: {
        text: (piece: string) => {
          this.phase = 'writing';
          this.text += piece;
        },
        run: (run: AskRun) => (this.runs = [...this.runs, run]),
        progress: ({ fraction }: { fraction: number }) => (this.fraction = fraction),
      },
    };
    try {
      this.result =
        'number' in start
          ? await engine.call('rerun', { number: start.number }, options)
          : await engine.call(
              'ask',
              {
                question: start.question,
                ...(start.place === undefined ? {} : { in: start.place }),
                gamma: start.gamma,
                language: language(),
                ...(start.fresh ? { fresh: true } : {}),
              },
              options,
            );
      this.text = this.result.translated?.answer ?? this.result.answer;
      this.runs = this.result.runs ?? [];
      this.phase = 'done';
    } catch (error) {
      this.error = shown(error);
      this.phase = this.error ? 'failed' : 'cancelled';
    }
  }

  cancel(): void {
    this.#stop.abort();
  }
}

/** A question that is being written. */
export class Draft {
  question = $state('');
  gamma = $state<number>(gammaRange.explain);

  /** Takes a question of the history up again, and asks it the way it was asked. */
  again({ result }: AnswersResult['answers'][number], asking: Asking): void {
    const how = result.request?.gamma ?? result.gamma;
    this.question = result.question;
    if (typeof how === 'number') this.gamma = how;
    void asking.ask(result.question, how, false, asking.video ?? placeOf(result));
  }
}

/** Where an answer was looked for; undefined for the whole library. */
function placeOf({ request, videoId }: AskResult): string | string[] | undefined {
  return request ? request.in : videoId;
}

/** The questions about one video, or about the library. */
export class Asking {
  readonly video: string | undefined;
  /** The video or folder that is asked about; undefined for the whole library. */
  place = $state<string | undefined>();
  answer = $state.raw<Answer | undefined>();
  busy = $state(false);
  /** What the question that is being written would cost. */
  plan = $state.raw<PlanResult | undefined>();
  history = $state.raw<AnswersResult>({ answers: [] });
  #planning: AbortController | undefined;

  constructor(video?: string) {
    this.video = video;
    this.place = video;
  }

  /** Asks, and stops what is being answered. */
  async ask(
    question: string,
    gamma: Gamma,
    fresh = false,
    place: string | string[] | undefined = this.place,
  ): Promise<void> {
    await this.#start(new Answer(question, gamma), { question, gamma, fresh, place });
  }

  /** Asks a question of the history again, the way it was asked. */
  async rerun({ number, result }: AnswersResult['answers'][number]): Promise<void> {
    const gamma = result.request?.gamma ?? result.gamma;
    await this.#start(new Answer(result.question, gamma), { number });
  }

  async #start(answer: Answer, start: Start): Promise<void> {
    this.cancel();
    this.answer = answer;
    this.busy = true;
    await answer.run(start);
    if (this.answer !== answer) return;
    this.busy = false;
    await this.loadHistory();
  }

  /** Stops what is being answered. */
  cancel(): void {
    if (this.busy) this.answer?.cancel();
  }

  /** Works out what a question would cost; the newest words win. */
  async weigh(question: string, gamma: Gamma, place: string | undefined): Promise<void> {
    this.#planning?.abort();
    this.plan = undefined;
    if (question === '') return;
    const stop = new AbortController();
    this.#planning = stop;
    // The plan is an extra: asking itself tells what is wrong.
    const plan = await engine
      .call(
        'plan',
        { question, gamma, ...(place === undefined ? {} : { in: place }) },
        { signal: stop.signal },
      )
      .catch(() => undefined);
    if (!stop.signal.aborted) this.plan = plan;
  }

  async loadHistory(): Promise<void> {
    // The history is a convenience; the answer itself tells what is wrong.
    const none = { answers: [] };
    this.history = await engine
      .call('answers', this.video === undefined ? {} : { video: this.video })
      .catch(() => none);
  }

  async edit(number: number, change: 'pin' | 'unpin' | 'remove'): Promise<void> {
    await engine.call('editAnswer', { number, change }).catch(() => undefined);
    await this.loadHistory();
  }
}

/** The questions about the library, and the one that is being written. */
export const libraryAsking = new Asking();
export const libraryDraft = new Draft();
