const read = () => Number(getComputedStyle(document.documentElement).getPropertyValue('--scale')) || 1;

let current = $state(read());
addEventListener('resize', () => (current = read()));

/** How much larger than on a small window everything is drawn; `--scale` of tokens.css. */
export function scale(): number {
  return current;
}
