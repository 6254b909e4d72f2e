export { EarlierReads } from './prompt-prefix-reuse.ts';
export { KeptTokens } from './visual-token-cache.ts';
export { find, type FindOptions } from './find.ts';
export type { Answering, ModelHandle, SearchDeps, SearchStore } from './types.ts';
