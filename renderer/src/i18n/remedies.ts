import type { Shown } from '../state/failure.ts';

/** What to do in a window where the engine's own remedy is something to type into a terminal. */
const remedies: Partial<Record<string, string>> = {
  'file-exists': 'Choose another name, or replace what is there.',
  'video-not-indexed': 'Add it, or choose “Index again” in its menu.',
  'nothing-to-export': 'Use other words, or look in other videos.',
  'ffmpeg-failed':
    'Check that the video plays. Clips can also be cut on the very frame, which encodes them anew.',
  'bad-argument': 'Choose something else here.',
  'unknown-model': 'Choose another model in Settings.',
  'cannot-read': 'Choose another model in Settings.',
};

/** An option ("--force") or a command ("longview index"). */
const typed = /(?:^|[\s"“(])--[a-z]|["“]longview |npm run/;

/** What to do about an error, as somebody in a window can do it. */
export function inWindow({ code, remedy }: Pick<Shown, 'code' | 'remedy'>): string {
  return typed.test(remedy) ? (remedies[code] ?? '') : remedy;
}
