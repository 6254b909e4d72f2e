export { ask } from './ask.ts';
export { EarlierReads } from './earlier-reads.ts';
export { KeptTokens } from './kept-tokens.ts';
export { choose } from './choose.ts';
export { plan } from './plan.ts';
export { find, type FindOptions } from './find.ts';
export { selfTest } from './self-test.ts';
export { selfTested } from './trust.ts';
export type { Answering, ModelHandle, SearchDeps, SearchStore } from './types.ts';
