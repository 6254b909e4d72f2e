/** What a backup holds. */
export interface BackupFacts {
  /** Where it lies, absolute. */
  path: string;
  bytes: number;
  videos: number;
  /** Stills and feature files in it; 0 where they were not asked for. */
  files: number;
}

/** Copies of the library in one file each. */
export interface BackupPort {
  /**
   * Copies the library into one file, consistent whatever is written meanwhile; it is there whole or not at all.
   * @param target absolute; nothing may lie there
   * @param withFiles stills and features too: several times as large, but nothing has to be indexed again
   * @throws LongviewError `file-exists`, `permission-denied`, `disk-full`.
   */
  backup(target: string, withFiles?: boolean): Promise<BackupFacts>;
  /**
   * Makes one in the library's own folder of backups where the newest is older than a week and there is anything to lose.
   * @returns its path where one was made
   */
  backupWeekly(): Promise<string | undefined>;
}
