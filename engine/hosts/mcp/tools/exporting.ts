import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { plural } from '../../../protocol/plural.ts';
import type { Call, Desk, Told } from '../desk.ts';
import type { Exported, ExportMomentsRequest } from '../../../protocol/window.ts';
import type { Input, Output } from '../schemas.ts';

/** Moments as a list for another program, in the folder for exports. */
export async function exportList(desk: Desk, request: Input<'export'>, call: Call): Promise<Told> {
  const { data, out } = await write(desk, request, call);
  return {
    text: textOf(data, plural(data.moments, 'moment')),
    data,
    more: [{ type: 'resource_link', uri: pathToFileURL(out).href, name: basename(out) }],
  };
}

/** Moments as video files of their own, in a folder in the folder for exports. */
export async function clip(desk: Desk, request: Input<'clip'>, call: Call): Promise<Told> {
  const { data, out } = await write(desk, { ...request, format: 'clips' }, call);
  const clips = (await readdir(out)).toSorted();
  const told: Output<'clip'> = { ...data, clips };
  return {
    text: [textOf(data, plural(clips.length, 'clip')), ...clips.map((name) => `- ${name}`)].join('\n'),
    data: told,
    more: clips.map((name) => ({
      type: 'resource_link',
      uri: pathToFileURL(join(out, name)).href,
      name,
    })),
  };
}

async function write(
  desk: Desk,
  { moments, ...request }: Omit<ExportMomentsRequest, 'to'>,
  call: Call,
): Promise<{ data: Output<'export'>; out: string }> {
  const sight = await desk.sight();
  const videos = await sight.each(moments.map(({ video }) => video));
  const seen = moments.map((moment, number) => ({ ...moment, video: videos[number].id }));
  const engine = await desk.engine();
  const place = { folder: await desk.exportsDir() };
  const exported = await engine.exportMoments({ ...request, moments: seen }, { ...call, place });
  const skipped: string[] = [];
  for (const { path, error } of exported.skipped)
    skipped.push(await sight.told(`${basename(path)}: ${error.message} ${error.remedy}`));
  const out = placeOf(exported);
  return { data: { file: out, moments: exported.moments, notes: exported.notes, skipped }, out };
}

function placeOf({ out }: Exported): string {
  if (out === null) throw new TypeError('an export into a folder came back as text');
  return out;
}

function textOf({ file, notes, skipped }: Output<'export'>, what: string): string {
  return [`${what} written to ${file}.`, ...notes, ...skipped.map((line) => `Left out: ${line}`)].join('\n');
}
