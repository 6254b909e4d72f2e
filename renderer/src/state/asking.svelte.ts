import { engine } from '../engine/index.ts';
import { shown } from './failure.ts';
import type { PlanResult } from '../../../engine/protocol/asking.ts';
import type { AskResult, AskRun } from '../../../engine/protocol/results.ts';
import type { AnswersResult } from '../../../engine/protocol/view.ts';
import type { Shown } from './failure.ts';

/** A scaling factor, or several: "auto" takes what most agree on, "compare" shows them side by side. */
export type Gamma = number | 'auto' | 'compare';

/** What starts an answer: a question, or an entry of the history. */
type Start = { question: string; gamma: Gamma; fresh: boolean } | { number: number };

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
  async run(video: string, start: Start): Promise<void> {
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
                in: video,
                gamma: start.gamma,
                ...(start.fresh ? { fresh: true } : {}),
              },
              options,
            );
      this.text = this.result.answer;
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

/** The questions about one video. */
export class Asking {
  readonly video: string;
  answer = $state.raw<Answer | undefined>();
  busy = $state(false);
  /** What the question that is being written would cost. */
  plan = $state.raw<PlanResult | undefined>();
  history = $state.raw<AnswersResult>({ answers: [] });
  #planning: AbortController | undefined;

  constructor(video: string) {
    this.video = video;
  }

  /** Asks, and stops what is being answered. */
  async ask(question: string, gamma: Gamma, fresh = false): Promise<void> {
    await this.#start(new Answer(question, gamma), { question, gamma, fresh });
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
    await answer.run(this.video, start);
    if (this.answer !== answer) return;
    this.busy = false;
    await this.loadHistory();
  }

  /** Stops what is being answered. */
  cancel(): void {
    if (this.busy) this.answer?.cancel();
  }

  /** Works out what a question would cost; the newest words win. */
  async weigh(question: string, gamma: Gamma): Promise<void> {
    this.#planning?.abort();
    this.plan = undefined;
    if (question === '') return;
    const stop = new AbortController();
    this.#planning = stop;
    // The plan is an extra: asking itself tells what is wrong.
    const plan = await engine
      .call('plan', { question, in: this.video, gamma }, { signal: stop.signal })
      .catch(() => undefined);
    if (!stop.signal.aborted) this.plan = plan;
  }

  async loadHistory(): Promise<void> {
    // The history is a convenience; the answer itself tells what is wrong.
    const none = { answers: [] };
    this.history = await engine.call('answers', { video: this.video }).catch(() => none);
  }

  async edit(number: number, change: 'pin' | 'unpin' | 'remove'): Promise<void> {
    await engine.call('editAnswer', { number, change }).catch(() => undefined);
    await this.loadHistory();
  }
}
