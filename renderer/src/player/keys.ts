import { preferences } from '../state/preferences.svelte.ts';
import type { Playback } from './playback.svelte.ts';

interface Context {
  playback: Playback;
  frameRate: number;
  /** Moments to go between. */
  marks: readonly { start: number }[];
  toggleLoop: () => void;
  toggleBoxes: () => void;
  toggleSubtitles: () => void;
  toggleScreenText: () => void;
  /** Begins and ends a selection where the video stands. */
  pickFrom: () => void;
  pickTo: () => void;
  toggleFullscreen: () => void;
}

/** The player's keys, as editing software has them: J K L to shuttle, comma and full stop for frames, brackets for moments, I and O for a selection. */
export function playerKey(event: KeyboardEvent, context: Context): void {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  if (target.matches('input, textarea, select, [role=slider], [role=tab]')) return;
  if (event.key === ' ' && target.closest('button, a, summary')) return;
  if (!preferences.keys && event.key.length === 1 && event.key !== ' ') return;
  const { playback, frameRate, marks } = context;
  const far = event.shiftKey ? 10 : 5;
  const actions: Record<string, () => void> = {
    ' ': () => playback.toggle(),
    k: () => playback.stop(),
    j: () => playback.shuttle(-1),
    l: () => playback.shuttle(1),
    ArrowLeft: () => playback.seek(playback.time - far),
    ArrowRight: () => playback.seek(playback.time + far),
    ',': () => playback.step(-1, frameRate),
    '.': () => playback.step(1, frameRate),
    '[': () => go(-1),
    ']': () => go(1),
    '<': () => playback.faster(-1),
    '>': () => playback.faster(1),
    i: context.pickFrom,
    o: context.pickTo,
    r: context.toggleLoop,
    f: context.toggleFullscreen,
    b: context.toggleBoxes,
    c: context.toggleSubtitles,
    t: context.toggleScreenText,
    m: () => playback.setVolume(preferences.volume || 1, !preferences.muted && preferences.volume > 0),
  };
  const go = (step: 1 | -1) => {
    const times = marks.map((mark) => mark.start).sort((a, b) => a - b);
    const next =
      step > 0
        ? times.find((time) => time > playback.time + 0.2)
        : times.findLast((time) => time < playback.time - 0.8);
    if (next !== undefined) playback.seek(next);
  };
  const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action) return;
  event.preventDefault();
  action();
}
