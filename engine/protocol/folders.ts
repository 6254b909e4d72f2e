import { z } from 'zod';
import { errorDataSchema } from './results.ts';

const path = z.string('a path').min(1, 'a path').max(4096, 'a path');
const ignore = z
  .array(z.string('a pattern').trim().min(1, 'a pattern').max(500, 'a pattern'))
  .max(200, 'at most 200 patterns');

/**
 * How a folder is followed. "watching": the system tells what changes; "polling": it can't, so the folder is looked through
 * now and then; "looking": that is being done; "away": its drive isn't there, and everything known of it waits.
 */
export const folderStates = ['watching', 'polling', 'looking', 'away'] as const;

/** A folder whose videos belong into the library, those too that come later. */
export const watchedFolderSchema = z.object({
  path: z.string(),
  /** Names and relative paths that are left out: `*.tmp`, `proxies`, `raw/**`. */
  ignore: z.array(z.string()),
  state: z.enum(folderStates),
  /** Video files that were there when it was last looked through. */
  videos: z.int().nonnegative(),
  /** ISO 8601; null where it wasn't looked through yet. */
  lookedAt: z.string().nullable(),
  problem: errorDataSchema.optional(),
});

/** `folders`, and what every change of them gives. */
export const foldersSchema = z.object({ folders: z.array(watchedFolderSchema) });

/** `addFolder`: from now on this folder is followed. */
export const addFolderRequestSchema = z.strictObject({ path, ignore: ignore.optional() });

/** `changeFolder`: other patterns, or another look now. */
export const changeFolderRequestSchema = z.strictObject({
  path,
  ignore: ignore.optional(),
  rescan: z.literal(true).optional(),
});

/** `removeFolder`: it is followed no longer. `forget`: its videos leave the library too; files are never touched. */
export const removeFolderRequestSchema = z.strictObject({ path, forget: z.boolean().optional() });

/** `completePath`: the beginning of a path that somebody is writing. */
export const completeRequestSchema = z.strictObject({ text: z.string('a text').max(4096, 'a path') });

/** Folders and videos whose path begins so, by name. */
export const completedSchema = z.object({
  /** The folder that they lie in; null where there is none. */
  in: z.string().nullable(),
  entries: z.array(z.object({ path: z.string(), name: z.string(), folder: z.boolean() })),
  /** There are more than these. */
  more: z.boolean(),
});

/** Parsed {@link watchedFolderSchema}. */
export type WatchedFolder = z.infer<typeof watchedFolderSchema>;
/** Parsed {@link foldersSchema}. */
export type Folders = z.infer<typeof foldersSchema>;
/** Parsed {@link addFolderRequestSchema}. */
export type AddFolderRequest = z.infer<typeof addFolderRequestSchema>;
/** Parsed {@link changeFolderRequestSchema}. */
export type ChangeFolderRequest = z.infer<typeof changeFolderRequestSchema>;
/** Parsed {@link removeFolderRequestSchema}. */
export type RemoveFolderRequest = z.infer<typeof removeFolderRequestSchema>;
/** Parsed {@link completedSchema}. */
export type Completed = z.infer<typeof completedSchema>;

/** Who is told what happens in followed folders. */
export interface FolderListener {
  /** Videos that are new or changed, each whole: they should be indexed. */
  onFound(paths: string[]): void;
  /** Files that the library knows came or went: whoever lists it should list it anew. */
  onLibrary(): void;
  /** A folder's state changed. */
  onFolders(): void;
  /** Whether something is going through a folder already; what is found there waits. */
  isBusy(path: string): boolean;
}

/** Folders that are followed. Every method may throw LongviewError `bad-argument`. */
export interface WatchedFolders {
  folders(): Promise<Folders>;
  /** @throws LongviewError `file-not-found`, `permission-denied`, `bad-argument` where it is no folder. */
  addFolder(request: AddFolderRequest): Promise<Folders>;
  changeFolder(request: ChangeFolderRequest): Promise<Folders>;
  removeFolder(request: RemoveFolderRequest): Promise<Folders>;
  /** Paths that begin as somebody wrote. Nothing hidden, no file's content. */
  completePath(request: { text: string }): Promise<Completed>;
  /** Videos in the followed folders (or one) that aren't indexed as they are now. */
  newFootage(request: { path?: string }): Promise<{ paths: string[] }>;
  /** Follows the folders until the returned function is called. */
  followFolders(listener: FolderListener): () => void;
}
