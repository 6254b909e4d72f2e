import { hasIcon, type IconStyle } from '../../demo/sample/icons.ts';
import type { Thing } from './names.ts';
import { isUnpainted, type Drawing } from './scene.ts';

/** The drawing styles that training knew and that are installed. */
export const seenStyles = ['noto', 'fluent-emoji-flat'] as const;

/** The drawing of a thing in a style: the icon that bears one of its names. */
export function drawingOf({ name, names }: Thing, style: IconStyle): Drawing | undefined {
  const icon = [name, ...names].map(iconName).find((candidate) => hasIcon(style, candidate));
  return icon === undefined ? undefined : { name, style, icon };
}

/** "cup of coffee" is "cup-of-coffee". */
function iconName(name: string): string {
  return name.toLowerCase().replace(/['’.]/gu, '').replace(/\s+/gu, '-');
}

/**
 * Every drawing of things in the given styles, but those that painted backgrounds show anyway, and those of an icon
 * that bears the names of two things.
 */
export function castOf(things: readonly Thing[], styles: readonly IconStyle[]): Drawing[] {
  const drawings = things
    .filter(({ names }) => names.every(isUnpainted))
    .flatMap((thing) => styles.flatMap((style) => drawingOf(thing, style) ?? []));
  const owners = new Map<string, Set<string>>();
  const key = ({ style, icon }: Drawing) => `${style}/${icon}`;
  for (const drawing of drawings)
    owners.set(key(drawing), (owners.get(key(drawing)) ?? new Set()).add(drawing.name));
  return drawings.filter((drawing) => owners.get(key(drawing))!.size === 1);
}
