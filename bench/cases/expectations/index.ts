import type { CaseRun } from '../case-run.ts';
import { picture } from './picture.ts';
import { text } from './text.ts';
import { time } from './time.ts';

/** What each case expects, by its name; what is otherwise is noted in the run. */
export type Expectations = Readonly<Record<string, (run: CaseRun) => Promise<void>>>;

/** Those of all cases. */
export const expectations: Expectations = { ...time, ...text, ...picture };
