import { t } from '../i18n/index.svelte.ts';
import { bring } from '../state/like.svelte.ts';
import { notify } from '../state/notices.svelte.ts';
import { go } from '../state/router.svelte.ts';

/** Looks for what looks like a picture that was pasted or dropped. @returns whether there is one among the files */
export function lookForPicture(files: FileList | undefined): boolean {
  const picture = [...(files ?? [])].find(({ type }) => type.startsWith('image/'));
  if (!picture) return false;
  void bring(picture).then((like) => {
    if (like === undefined) notify({ text: t('like.unreadable') });
    else go({ name: 'search', query: '', like });
  });
  return true;
}
