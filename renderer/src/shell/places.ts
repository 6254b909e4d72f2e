import type { IconName } from '../ui/icons.ts';
import type { Route } from '../state/router.svelte.ts';

/** The places of the window, in the order of their number keys. */
export const places = [
  { to: { name: 'library' }, icon: 'library', key: 'library', text: 'library' },
  { to: { name: 'ask' }, icon: 'ask', key: 'ask', text: 'ask.place' },
  { to: { name: 'kept' }, icon: 'bin', key: 'kept', text: 'kept' },
  { to: { name: 'activity' }, icon: 'activity', key: 'activity', text: 'activity' },
  { to: { name: 'settings' }, icon: 'settings', key: 'settings', text: 'settings' },
] as const satisfies readonly { to: Route; icon: IconName; key: string; text: string }[];

/** Whether keys are being written into something, so that they are letters and not commands. */
export function writing(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.matches('input:not([type=range], [type=radio], [type=checkbox]), textarea, select')
  );
}
