import type { Expectations } from '../case-run.ts';
import { picture } from './picture.ts';
import { text } from './text.ts';
import { time } from './time.ts';

/** Those of all cases. */
export const expectations: Expectations = { ...time, ...text, ...picture };
