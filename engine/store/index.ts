export { openStore } from './store.ts';
export { wordsOf } from './words.ts';
export type * from './types.ts';
export type * from './patch-types.ts';
