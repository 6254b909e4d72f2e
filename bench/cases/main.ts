// Kinds of files that people really have, each made by a script of its own that says what is right.
//   npm run -s bench -- cases --folder FOLDER [NAME…] [--markdown]
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { LongviewError } from '../../engine/protocol/errors.ts';
import { CaseRun } from './case-run.ts';
import { expectations } from './expectations/index.ts';

/** A line for the list of benches. */
export const what = 'every case of a folder of scripts: is what each expects what comes out (--folder)';

const options = { folder: { type: 'string' }, markdown: { type: 'boolean', default: false } } as const;

/**
 * Makes each case's files with its script (`bash NAME.sh FOLDER`), puts them through the program and prints what is not as
 * the script says. Ends with 1 where anything isn't.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (values.folder === undefined)
    throw new LongviewError(
      'bad-argument',
      'Nothing says where the cases are.',
      'Give their folder: npm run -s bench -- cases --folder FOLDER',
    );
  const folder = path.resolve(process.env.INIT_CWD ?? '.', values.folder);
  const all = (await readdir(folder)).flatMap((name) => (name.endsWith('.sh') ? [name.slice(0, -3)] : []));
  const names = all.filter((name) => positionals.length === 0 || positionals.includes(name)).sort();
  if (values.markdown) say('| case | as expected |\n|---|---|');
  let failed = 0;
  for (const name of names) {
    const wrong = await tryCase(path.join(folder, `${name}.sh`), name);
    if (wrong.length > 0) failed++;
    const cell = wrong.length === 0 ? 'yes' : wrong.join('; ');
    say(values.markdown ? `| ${name} | ${cell.replaceAll('|', '\\|')} |` : `${name.padEnd(22)}${cell}`);
  }
  say(`\n${names.length - failed} of ${names.length} cases are as expected.`);
  if (failed > 0) process.exitCode = 1;
}

async function tryCase(script: string, name: string): Promise<string[]> {
  const expectation = expectations[name];
  if (!expectation) return ['nothing here knows what it expects'];
  const folder = await mkdtemp(path.join(tmpdir(), 'longview-case-'));
  try {
    const files = path.join(folder, name);
    const made = spawnSync('bash', [script, files], { encoding: 'utf8' });
    if (made.status !== 0) return [`its files can’t be made: ${made.stderr.trim().split('\n').at(-1)}`];
    const run = new CaseRun(files);
    try {
      await expectation(run);
    } catch (error) {
      run.wrong.push(error instanceof Error ? error.message : String(error));
    } finally {
      await run.engine.close();
    }
    return run.wrong;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
