// Kinds of files that were thought up to make something fail, each through index, still, player, both kinds of clip and an
// edit list.
//   npm run -s bench -- odd-files [NAME…]
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CaseRun, colours } from '../cases/case-run.ts';
import { oddFiles, type OddFile } from './recipes.ts';

/** A line for the list of benches. */
export const what = 'files thought up to make something fail, asked of every room';

/** Makes and tries each kind, or those named, and prints a table; ends with 1 where anything is wrong. */
export async function run(args: readonly string[]): Promise<void> {
  say('| file | what it is | as it should be |\n|---|---|---|');
  for (const odd of oddFiles) {
    if (args.length > 0 && !args.includes(odd.name)) continue;
    const wrong = await tryFile(odd);
    if (wrong.length > 0) process.exitCode = 1;
    say(`| ${odd.name} | ${odd.what} | ${wrong.length === 0 ? 'yes' : wrong.join('; ')} |`);
  }
}

async function tryFile({ name, make, seconds }: OddFile): Promise<string[]> {
  const around = await mkdtemp(path.join(tmpdir(), 'longview-odd-'));
  const folder = path.join(around, 'files');
  try {
    await mkdir(folder);
    try {
      make(path.join(folder, name));
    } catch {
      return ['this ffmpeg can’t write it'];
    }
    const run = new CaseRun(folder);
    try {
      if (seconds === undefined) await mustBeRefused(run, name);
      else await mustWork(run, name, seconds);
    } catch (error) {
      run.wrong.push(error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error));
    } finally {
      await run.engine.close();
    }
    return run.wrong;
  } finally {
    await rm(around, { recursive: true, force: true });
  }
}

/** What is no video is told as that, by name. */
async function mustBeRefused(run: CaseRun, name: string): Promise<void> {
  const [row] = (await run.engine.index({ paths: [run.at(name)] })).videos;
  const told = ['not-a-video', 'no-video-stream', 'file-empty'].includes(row.error?.code ?? '');
  run.expect(told && row.error!.message.includes(name), `it says: ${row.error?.message ?? row.status}`);
}

async function mustWork(run: CaseRun, name: string, seconds: number): Promise<void> {
  const [row] = (await run.index(name)).videos;
  run.near('length', row.durationSec ?? undefined, seconds, Math.max(0.2, seconds / 50));
  const time = seconds / 2;
  run.expect(
    (await run.still(name, time)).pixels.some((value) => value > 60),
    'the still is black',
  );
  const film = await run.stream(name, time);
  run.expect(
    colours(film, 0).some((value) => value > 60),
    'the player is black',
  );
  const { id } = await run.engine.video({ video: run.at(name) });
  const span = { start: seconds / 4, end: seconds / 2 };
  const exact = await run.clip(name, span, true);
  run.near('exact clip', exact?.seconds, Math.max(0.04, span.end - span.start), Math.max(0.12, seconds / 20));
  const copied = await run.clip(name, span, false);
  run.expect((copied?.seconds ?? 0) >= span.end - span.start - 0.2, `lossless clip: ${copied?.seconds} s`);
  const moments = [{ video: id, ...span }];
  for (const format of ['edl', 'fcpxml', 'otio'] as const) {
    const { text } = await run.engine.exportMoments({ format, title: 'odd', moments });
    run.expect((text ?? '').length > 100, `no ${format}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
