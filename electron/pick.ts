import type { BrowserWindow, OpenDialogOptions, SaveDialogOptions } from 'electron';
import type { ElectronApi } from './api.ts';
import type { Words } from './words.ts';

/** What may be chosen. Only macOS has a dialog that takes both. */
export type Pickable = 'folders' | 'files';

/** The system's dialog for files and folders. @returns what was chosen; nothing where it was closed. */
export async function pickPaths(
  dialog: ElectronApi['dialog'],
  window: BrowserWindow | undefined,
  platform: NodeJS.Platform,
  { words, what }: { words: Words; what: Pickable },
): Promise<string[]> {
  const kinds = { folders: 'openDirectory', files: 'openFile' } as const;
  const options: OpenDialogOptions = {
    title: (what === 'folders' ? words.addFolder : words.addFiles).replace('…', ''),
    properties:
      platform === 'darwin'
        ? ['openFile', 'openDirectory', 'multiSelections']
        : [kinds[what], 'multiSelections'],
  };
  const { filePaths } = window
    ? await dialog.showOpenDialog(window, options)
    : await dialog.showOpenDialog(options);
  return filePaths;
}

/** The system's dialog for where to save, which also asks before a file is replaced. @returns undefined where it was closed */
export async function pickTarget(
  dialog: ElectronApi['dialog'],
  window: BrowserWindow | undefined,
  { words, name, folder }: { words: Words; name: string; folder: boolean },
): Promise<string | undefined> {
  if (folder) {
    const options: OpenDialogOptions = {
      title: words.exportClips,
      buttonLabel: words.exportHere,
      properties: ['openDirectory', 'createDirectory'],
    };
    const { filePaths } = window
      ? await dialog.showOpenDialog(window, options)
      : await dialog.showOpenDialog(options);
    return filePaths[0];
  }
  const options: SaveDialogOptions = {
    title: words.exportMoments,
    defaultPath: name,
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  };
  const { filePath } = window
    ? await dialog.showSaveDialog(window, options)
    : await dialog.showSaveDialog(options);
  return filePath === '' ? undefined : filePath;
}
