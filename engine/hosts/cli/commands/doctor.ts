import { printable } from '../format.ts';
import type { Command } from '../command.ts';

/** `longview doctor`: what this machine has, and what it lacks. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'check what this machine has, and what to do about what it lacks',
  usage: '',
  options: {},
  optionHelp: {},
  words: { min: 0, max: 0, what: 'nothing' },
  async run({ engine, terminal, json }) {
    const result = await (await engine()).doctor();
    const exitCode = result.ok ? 0 : 1;
    if (json) return { result, exitCode };
    for (const { name, ok, found, remedy } of result.checks) {
      const mark = ok ? terminal.style('green', '✓') : terminal.style('red', '✗');
      terminal.line(`${mark} ${terminal.style('bold', name)}: ${printable(found)}`);
      if (!ok && remedy) terminal.line(`  ${remedy}`);
    }
    return { result, exitCode };
  },
};
