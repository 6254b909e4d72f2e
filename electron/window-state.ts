import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Rectangle } from 'electron';

const stateSchema = z.object({
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int().positive(),
  height: z.int().positive(),
  maximized: z.boolean(),
  fullScreen: z.boolean(),
});

/** Where a window is. Without x and y the system chooses. */
export type WindowState = z.infer<typeof stateSchema>;

/** The smallest window that the interface is made for. */
export const smallest = { width: 1000, height: 640 } as const;
const usual = { width: 1360, height: 860, maximized: false, fullScreen: false } as const;
/** So much of the title bar must lie on a display, to be caught with the mouse. */
const handle = { width: 120, height: 32 } as const;

/** The window as it was left, where that still makes sense on these displays. */
export function readWindowState(path: string, displays: readonly Rectangle[]): WindowState {
  let left: WindowState = usual;
  try {
    left = stateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // The first start, or a file that somebody broke: as usual.
  }
  return fitted(left, displays);
}

/** Keeps the window's place; one that can't be kept is no harm. */
export function writeWindowState(path: string, state: WindowState): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(state));
  } catch {
    // See above.
  }
}

/** A state that can be seen: not larger than its display, and not on one that was unplugged. */
export function fitted(state: WindowState, displays: readonly Rectangle[]): WindowState {
  const { x, y, maximized, fullScreen } = state;
  const home =
    x === undefined || y === undefined
      ? undefined
      : displays.find(
          (area) =>
            overlap(x, state.width, area.x, area.width) >= handle.width &&
            y >= area.y &&
            y + handle.height <= area.y + area.height,
        );
  const area = home ?? displays[0] ?? { width: usual.width, height: usual.height };
  return {
    ...(home ? { x, y } : {}),
    width: Math.min(Math.max(state.width, smallest.width), Math.max(area.width, smallest.width)),
    height: Math.min(Math.max(state.height, smallest.height), Math.max(area.height, smallest.height)),
    maximized,
    fullScreen,
  };
}

function overlap(start: number, length: number, otherStart: number, otherLength: number): number {
  return Math.min(start + length, otherStart + otherLength) - Math.max(start, otherStart);
}
