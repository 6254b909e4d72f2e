import { tick } from 'svelte';
import { fileName } from '../format.ts';
import { t } from '../i18n/index.svelte.ts';
import { library } from '../state/library.svelte.ts';
import { route } from '../state/router.svelte.ts';

/** What the window shows, for the tab, the history and screen readers. */
export function viewTitle(): string {
  const here = route();
  switch (here.name) {
    case 'search':
      return t('results.label', here.query);
    case 'video':
      return fileName(library.byId.get(here.id)?.path ?? '') || t('loading');
    case 'ask':
      return t('ask.title');
    default:
      return t(here.name);
  }
}

/**
 * Names the page after what it shows, and takes the focus along: what had it may be gone, and a key must not begin at
 * the top of the window again. Call once, while a component is made.
 */
export function followViews(): void {
  $effect(() => {
    document.title = `${viewTitle()} · Longview`;
  });
  let last = route().name;
  $effect(() => {
    const { name } = route();
    if (name === last) return;
    last = name;
    void tick().then(() => {
      if (document.activeElement === null || document.activeElement === document.body)
        document.getElementById('main')?.focus({ preventScroll: true });
    });
  });
}
