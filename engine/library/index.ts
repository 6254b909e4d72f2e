export { openStore } from './sqlite/store.ts';
export { wordsOf } from '../language/text-words.ts';
export type * from './types.ts';
export type * from './patch-types.ts';
