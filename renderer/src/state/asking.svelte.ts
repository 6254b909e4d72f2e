import { engine } from '../engine/index.ts';
import { shown } from './failure.ts';
import type { AskResult } from '../../../engine/protocol/results.ts';
import type { AnswersResult } from '../../../engine/protocol/view.ts';
import type { Shown } from './failure.ts';

/** One answer on its way or given. */
export class Answer {
  readonly question: string;
  readonly gamma: number;
  phase = $state<'reading' | 'writing' | 'done' | 'failed' | 'cancelled'>('reading');
  text = $state('');
  stage = $state('');
  result = $state.raw<AskResult | undefined>();
  error = $state.raw<Shown | undefined>();
  #stop = new AbortController();

  constructor(question: string, gamma: number) {
    this.question = question;
    this.gamma = gamma;
  }

  /** Asks; resolves when the answer is there, failed or was cancelled. */
  async run(video: string, fresh: boolean): Promise<void> {
    try {
      const result = await engine.call(
        'ask',
        { question: this.question, in: video, gamma: this.gamma, ...(fresh ? { fresh } : {}) },
        {
          signal: this.#stop.signal,
          on: {
            text: (piece) => {
              this.phase = 'writing';
              this.text += piece;
            },
            progress: (progress) => (this.stage = progress.stage),
          },
        },
      );
      this.result = result;
      this.text = result.answer;
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
  /** One answer, or several at different scaling factors side by side. */
  answers = $state.raw<Answer[]>([]);
  busy = $state(false);
  history = $state.raw<AnswersResult['answers']>([]);

  constructor(video: string) {
    this.video = video;
  }

  /** Asks at each of the scaling factors, one after another. */
  async ask(question: string, gammas: readonly number[], fresh = false): Promise<void> {
    this.cancel();
    const answers = gammas.map((gamma) => new Answer(question, gamma));
    this.answers = answers;
    this.busy = true;
    for (const answer of answers) {
      if (answer.phase !== 'cancelled') await answer.run(this.video, fresh);
      if (this.answers !== answers) return;
    }
    this.busy = false;
    await this.loadHistory();
  }

  /** Stops what is being answered. */
  cancel(): void {
    for (const answer of this.answers) {
      if (answer.phase === 'reading' || answer.phase === 'writing') answer.cancel();
    }
  }

  async loadHistory(): Promise<void> {
    try {
      this.history = (await engine.call('answers', { video: this.video })).answers;
    } catch {
      // The history is a convenience; the answer itself tells what is wrong.
      this.history = [];
    }
  }

  async edit(number: number, change: 'pin' | 'unpin' | 'remove'): Promise<void> {
    await engine.call('editAnswer', { number, change });
    await this.loadHistory();
  }
}
