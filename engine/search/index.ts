export { PromptPrefixReuse } from './prompt-prefix-reuse.ts';
export { VisualTokenCache } from './visual-token-cache.ts';
export { find, type FindOptions } from './find.ts';
export type { Answering, ModelHandle, SearchDeps, SearchStore } from './types.ts';
