export { openStore } from './sqlite/store.ts';
export { restoreLibrary } from './sqlite/restore.ts';
export { inRecordings } from './recording-places.ts';
export { trackKinds } from './track-types.ts';
export type * from './types.ts';
export type * from './track-types.ts';
export type * from './patch-types.ts';
export type * from './track-search.ts';
export type * from './ports/index.ts';
