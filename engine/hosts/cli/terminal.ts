import { randomBytes } from 'node:crypto';
import { clock } from '../../protocol/clock.ts';
import type { WriteStream } from 'node:tty';
import { harmless, printable } from './format.ts';
import { shorten } from './table.ts';
import type { Progress } from '../../protocol/progress.ts';

/** Styles that a text may be printed in. */
const styles = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
type Style = keyof typeof styles;

/** Where a command's output goes, and what that place can show. */
export interface Terminal {
  /** Columns; Infinity where stdout is no terminal. */
  readonly width: number;
  /** True where people see the answer grow. */
  readonly live: boolean;
  /** One line (or more) on stdout. */
  line: (text?: string) => void;
  /** Text on stdout without a line's end. */
  write: (text: string) => void;
  /** One line on stderr. */
  note: (text: string) => void;
  /** The text in a style, where stdout shows colours. */
  style: (style: Style, text: string) => string;
  /** Shows how far a long operation is, on a terminal only. */
  progress: (progress: Progress) => void;
  /** Takes the progress bar away. */
  clear: () => void;
}

interface Streams {
  stdout: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>;
  stderr: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>;
  env: Record<string, string | undefined>;
}

/**
 * The terminal of this process; colours follow NO_COLOR, FORCE_COLOR and TERM=dumb. Whatever is printed passes here: a
 * file's name, a subtitle or a model's answer may hold sequences that a terminal obeys, and only our own styles do.
 */
export function openTerminal({ stdout, stderr, env }: Streams): Terminal {
  const colours = env.NO_COLOR
    ? false
    : env.FORCE_COLOR
      ? env.FORCE_COLOR !== '0'
      : stdout.isTTY === true && env.TERM !== 'dumb';
  // No text can hold what tells our styles from others', since nobody knows it before.
  const own = randomBytes(8).toString('hex');
  const ownStyle = new RegExp(`\u001b\\[(\\d+);${own}m`, 'gu');
  const safe = (text: string) =>
    text
      .split(ownStyle)
      // Every second piece is a style's number.
      .map((piece, index) => (index % 2 === 1 ? `\u001b[${piece}m` : harmless(piece)))
      .join('');
  const styled = (style: number) => `\u001b[${style};${own}m`;
  const bar = stderr.isTTY === true && env.TERM !== 'dumb';
  let lastShown = '';
  const clear = () => {
    if (lastShown !== '') stderr.write('\r\u001b[2K');
    lastShown = '';
  };
  const out = (text: string) => {
    clear();
    stdout.write(safe(text));
  };
  return {
    width: stdout.isTTY ? (stdout.columns ?? 80) : Infinity,
    live: stdout.isTTY === true,
    line: (text = '') => out(`${text}\n`),
    write: out,
    note: (text) => {
      clear();
      stderr.write(`${safe(text)}\n`);
    },
    style: (style, text) => (colours ? `${styled(styles[style])}${text}${styled(0)}` : text),
    progress: (progress) => {
      const shown = bar ? safe(progressLine(progress, (stderr.columns ?? 80) - 1)) : '';
      if (shown === lastShown) return;
      stderr.write(`\r\u001b[2K${shown}`);
      lastShown = shown;
    },
    clear,
  };
}

/** "indexing 42 % ████████░░░░░░░░░░░░ 12.3x 0:00:32 left  holiday.mp4", cut to `width` columns. */
export function progressLine(progress: Progress, width: number): string {
  const fraction = Math.min(1, Math.max(0, progress.fraction));
  const filled = Math.round(fraction * 20);
  const parts = [
    progress.stage,
    `${String(Math.floor(fraction * 100)).padStart(3)} %`,
    '█'.repeat(filled) + '░'.repeat(20 - filled),
  ];
  if (progress.realtimeFactor !== undefined) parts.push(`${progress.realtimeFactor.toFixed(1)}x`);
  if (progress.secondsLeft !== undefined) parts.push(`${clock(progress.secondsLeft).slice(0, -2)} left`);
  if (progress.subject !== undefined) parts.push(printable(progress.subject));
  return shorten(parts.join(' '), width);
}
