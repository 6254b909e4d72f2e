import { resolve } from 'node:path';
import { restoreLibrary } from '../library/index.ts';
import { backupRequestSchema, restoreRequestSchema, type LibraryBackups } from '../protocol/backup.ts';
import { parseRequest } from '../protocol/requests.ts';
import type { Context } from './context.ts';

/** Copies of the library, and the way back. */
export function libraryBackups(context: Context): LibraryBackups {
  return {
    backup: (request) =>
      context.run(undefined, async () => {
        const { file, files } = parseRequest(backupRequestSchema, request);
        return context.store().backup(resolve(file), files);
      }),
    restore: (request) =>
      context.run(undefined, async () => {
        const { file } = parseRequest(restoreRequestSchema, request);
        context.closeStore();
        const { replaced, ...restored } = restoreLibrary(context.libraryDir, resolve(file));
        return { folder: context.libraryDir, ...restored, replaced: replaced ?? null };
      }),
  };
}
