import { many } from './en-words.ts';

/** Followed folders, in English. */
export const enFolders = {
  folders: 'Folders',
  'folders.text':
    'What comes into these folders is indexed by itself, also what came while Longview was closed. Files are never touched, and nothing leaves the library because a drive is away.',
  'folders.none': 'No folder yet: add one, and it stands here.',
  'folders.videos': (count: number) => many(count, 'video'),
  'folders.state.watching': 'up to date',
  'folders.state.polling': 'looked through every five minutes',
  'folders.state.looking': 'looking through it…',
  'folders.state.away': 'not there; its index waits for it',
  'folders.ignored': (patterns: string) => `Left out: ${patterns}`,
  'folders.rescan': 'Look through it now',
  'folders.ignore': 'What is left out…',
  'folders.ignore.title': (name: string) => `Left out of “${name}”`,
  'folders.ignore.label': 'Names and paths, one a line',
  'folders.ignore.hint': 'proxies · *.tmp · raw/** — what is indexed already stays',
  'folders.remove': 'No longer follow…',
  'folders.remove.title': (name: string) => `No longer follow “${name}”?`,
  'folders.remove.text': 'What comes into it is no longer indexed. The files stay as they are.',
  'folders.remove.keep': 'Keep its videos',
  'folders.remove.forget': 'Remove its videos too',
  'add.suggestions': 'Folders and videos there',
  'add.follow': 'What is added to a folder later is indexed by itself.',
};
