export { ask } from './ask.ts';
export { plan } from './plan.ts';
export { find, type FindOptions } from './find.ts';
export type { ModelHandle, SearchDeps, SearchStore } from './types.ts';
