import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { cannotWrite } from '../../../protocol/file-errors.ts';
import { printable } from '../format.ts';
import type { Command } from '../command.ts';

/** `longview doctor`: what this machine has, and what it lacks. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'check what Longview needs on this machine, and say how to get what is missing',
  usage: '[--report <file> [--with-paths]]',
  options: { report: { type: 'string' }, 'with-paths': { type: 'boolean' } },
  optionValues: { report: '<file>' },
  optionHelp: {
    report: 'write a report for whoever helps you: versions, checks, the last lines of the log',
    'with-paths': 'keep the paths and names of your files in the report',
  },
  words: { min: 0, max: 0, what: 'nothing' },
  async run({ engine, terminal, json }, { options }) {
    const opened = await engine();
    if (typeof options.report === 'string') {
      const { text } = await opened.report({ paths: options['with-paths'] === true });
      const path = resolve(options.report);
      await writeFile(path, text, { flag: 'wx' }).catch((cause: unknown) => {
        throw cannotWrite(path, cause);
      });
      if (!json) terminal.line(`The report is in ${printable(path)}. Read it before you send it to anybody.`);
      return { result: { path, text } };
    }
    const result = await opened.doctor();
    const exitCode = result.ok ? 0 : 1;
    if (json) return { result, exitCode };
    for (const { name, ok, unused, found, remedy } of result.checks) {
      const mark = unused
        ? terminal.style('dim', '–')
        : ok
          ? terminal.style('green', '✓')
          : terminal.style('red', '✗');
      terminal.line(`${mark} ${terminal.style('bold', name)}: ${printable(found)}`);
      if (!ok && remedy) terminal.line(`  ${remedy}`);
    }
    return { result, exitCode };
  },
};
