export { ask, type AskOptions } from './ask.ts';
export { find, type FindOptions } from './find.ts';
export type { ModelHandle, SearchDeps, SearchStore } from './types.ts';
