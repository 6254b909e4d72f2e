import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buildRenderer, rendererBuilt } from '../../../build/renderer.ts';
import { probe, writeStillAt } from '../../../engine/media/index.ts';
import { colours, type CaseRun } from '../case-run.ts';
import type { Expectations } from '../case-run.ts';

/** The picture as it is seen, clips and edit lists, files in folders, the web host. */
export const picture: Expectations = {
  async 'anamorphic-proxy'(run) {
    await run.index();
    const { width, height } = await probe(await run.stream('hdv.m2t'));
    run.near('shape of the player’s stream', width / height, 16 / 9, 0.03);
  },
  async 'extreme-shapes'(run) {
    await run.index();
    for (const size of ['1x1', '2000x2', '2x2000']) {
      const pixels = colours(await run.stream(`size_${size}.mkv`), 0);
      run.expect(pixels.length > 0, `the stream of ${size} has no picture`);
    }
  },
  async 'hdr-washed-out'(run) {
    await run.index();
    const still = `${run.folder}.still.jpg`;
    await writeStillAt(run.at('pq.mp4'), 1, still);
    red(run, 'still', colours(still, 0));
    red(run, 'player', colours(await run.stream('pq.mp4', 1), 0));
  },
  async 'resolution-change'(run) {
    await run.index();
    const still = `${run.folder}.still.jpg`;
    await writeStillAt(run.at('call.webm'), 5, still);
    for (const [name, file, after] of [
      ['still', still, 0],
      ['player', await run.stream('call.webm'), 6],
    ] as const) {
      // A picture of 180x320 within 320x180 leaves bars of a third at each side.
      const pixels = colours(file, after, 32, 18);
      const bar = [0, 1, 2].map((at) => pixels[(9 * 32 + 3) * 3 + at]);
      run.expect(Math.max(...bar) < 40, `${name}: no bars beside the upright picture`);
    }
  },
  async 'copy-pcm-in-mp4'(run) {
    await run.index();
    const clip = await run.clip('C0001.MP4', { start: 1, end: 4 }, false);
    run.expect(clip?.leftOut.length === 0, `left out: ${clip?.leftOut.join()}`);
    if (clip) run.expect((await probe(clip.file)).sounds.length === 1, 'the clip has no sound');
  },
  async 'spatial-audio-exact'(run) {
    await run.index();
    const clip = await run.clip('IMG_0001.MOV', { start: 1, end: 4 }, true);
    if (clip) run.expect((await probe(clip.file)).sounds.length === 1, 'the clip has not the one sound');
    await run.clip('IMG_0001.MOV', { start: 1, end: 4 }, false);
  },
  async 'long-name-clips'(run) {
    await run.index();
    const [clip] = await run.clips('bluethroat', true);
    run.expect(
      clip !== undefined && Buffer.byteLength(path.basename(clip.file)) <= 255,
      'the clip’s name is too long',
    );
    const name = (await readdir(run.folder)).find((file) => file.endsWith('.mp4'))!;
    const out = `${run.folder}/${name.slice(0, -4)}.edl`;
    const edl = await run.export('bluethroat', { format: 'edl', out });
    run.expect(edl.out !== null, 'no edit list was written');
  },
  async 'mono-tracks-export'(run) {
    await run.index();
    const { id } = await run.engine.video({ video: run.at('four_mono.mxf') });
    const texts: Record<string, string> = {};
    for (const format of ['edl', 'xmeml', 'fcpxml'] as const) {
      const moments = [{ video: id, start: 0.5, end: 2 }];
      const { text } = await run.engine.exportMoments({ format, title: 'four', moments });
      texts[format] = text ?? '';
    }
    const tracks = texts.xmeml.match(/<clipitem[^>]*>/g)?.length ?? 0;
    run.expect(tracks >= 5, `xmeml has ${tracks} clip items`);
    run.expect(/audioChannels="4"/.test(texts.fcpxml), 'fcpxml does not say four channels');
    run.expect(/AUD +3 +4/.test(texts.edl), 'edl names no third and fourth channel');
  },
  async 'tc-30df-on-5994p'(run) {
    await run.index();
    const { text } = await run.export('numbat', { format: 'edl', rate: '59.94' });
    run.expect(text.includes('01:00:15;40') || text.includes('01:00:15:40'), `edl: ${text}`);
  },
  async 'tc-midnight'(run) {
    await run.index();
    const { text } = await run.export('numbat', { format: 'edl' });
    run.expect(/00:00:05:00 00:00:07:00/.test(text), `edl: ${text}`);
    const csv = await run.export('numbat', { format: 'csv' });
    run.expect(csv.text.includes('00:00:05:00'), `csv: ${csv.text}`);
  },
  async 'non-utf8-name'(run) {
    const { videos } = await run.engine.index({ paths: [run.folder] });
    const [{ status, error }] = videos;
    run.expect(status === 'indexed' || /UTF-8/.test(error?.message ?? ''), `it says: ${error?.message}`);
  },
  async 'skipped-extensions'(run) {
    const { videos } = await run.index();
    const found = videos.filter(({ status }) => status === 'indexed').length;
    run.expect(found === 8, `${found} of 8 files are found`);
  },
  async 'serve-json'(run) {
    if (!rendererBuilt()) await buildRenderer();
    const cli = path.join(import.meta.dirname, '../../../engine/hosts/cli.ts');
    const args = [cli, 'serve', '--json', '--port', '0', '--library', `${run.folder}.served`];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const first = once(child.stdout, 'data').then(([data]) => String(data));
    const late = new Promise<string>((settle) => setTimeout(settle, 180_000, '').unref());
    const said = await Promise.race([first, late]);
    child.kill('SIGINT');
    run.expect(/http:\/\/127\.0\.0\.1:\d+/.test(said), `it says "${said}" while it listens`);
  },
};

function red(run: CaseRun, name: string, pixels: Uint8Array): void {
  const [r, g, b] = [0, 1, 2].map((at) => pixels[(45 * 160 + 80) * 3 + at]);
  run.expect(Math.max(r, g, b) - Math.min(r, g, b) > 140 && r > 170, `${name}: colour ${r},${g},${b}`);
}
