import { z } from 'zod';

const file = z.string('the path of a file').min(1, 'the path of a file');

/** `backup`: where to, and whether stills and features (visual tokens) come along. */
export const backupRequestSchema = z.strictObject({ file, files: z.boolean().optional() });
/** `restore`: from where. */
export const restoreRequestSchema = z.strictObject({ file });

/** `backup --json`. */
export const backupResultSchema = z.object({
  path: z.string(),
  bytes: z.number(),
  videos: z.number(),
  /** Stills and feature files in it. */
  files: z.number(),
});
/** `restore --json`. */
export const restoreResultSchema = z.object({
  /** The library's folder. */
  folder: z.string(),
  videos: z.number(),
  files: z.number(),
  /** The folder in which the library that was there lies now; null where there was none. */
  replaced: z.string().nullable(),
});

/** Parsed {@link backupRequestSchema}. */
export type BackupRequest = z.infer<typeof backupRequestSchema>;
/** Parsed {@link restoreRequestSchema}. */
export type RestoreRequest = z.infer<typeof restoreRequestSchema>;
/** Parsed {@link backupResultSchema}. */
export type BackupResult = z.infer<typeof backupResultSchema>;
/** Parsed {@link restoreResultSchema}. */
export type RestoreResult = z.infer<typeof restoreResultSchema>;

/** Copies of the library in one file each. */
export interface LibraryBackups {
  /** Copies the library into a file, consistent whatever is being indexed meanwhile. */
  backup(request: BackupRequest): Promise<BackupResult>;
  /** Puts such a copy in the library's place; what was there is kept aside. */
  restore(request: RestoreRequest): Promise<RestoreResult>;
}
