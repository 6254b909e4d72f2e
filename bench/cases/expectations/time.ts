import { probe } from '../../../engine/media/index.ts';
import { clockIn, colours, type CaseRun } from '../case-run.ts';
import type { Expectations } from '../case-run.ts';

/** Seeking, clocks and lengths, which stream. */
export const time: Expectations = {
  async 'ts-seek'(run) {
    await run.index();
    await run.clock('stream.ts', 8.5, 8);
    await run.clock('stream.ts', 14.5, 14);
    const [quagga] = await run.clips('quagga', true);
    run.near('exact clip', quagga?.seconds, 3.04);
    showsFirst(run, quagga?.file, 8);
    const [thylacine] = await run.clips('thylacine', true);
    run.near('exact clip', thylacine?.seconds, 0.8);
    const [takahe] = await run.clips('takahe', false);
    run.near('lossless clip', takahe?.seconds, 5, 0.5);
    showsFirst(run, takahe?.file, 30);
  },
  async 'other-seek'(run) {
    await run.index('old.ogv', 'raw.h264');
    for (const name of ['old.ogv', 'raw.h264']) {
      await run.clock(name, 3.5, 3);
      await run.clock(name, 22.5, 22);
    }
  },
  async 'ts-joined'(run) {
    await joined(run, 'dvr.ts');
    const { text } = await run.export('quagga', { format: 'csv' });
    const [start, end] = text.split('\n')[1].split(',').slice(3, 5).map(Number);
    run.near('start', start, 14, 0.03);
    run.near('end', end, 16, 0.03);
    const [quagga] = await run.clips('quagga', true);
    run.near('exact clip', quagga?.seconds, 2);
    // Its sound begins half a frame before its pictures: the frame nearest to 14 s may be the last of the second before.
    showsFirst(run, quagga?.file, 24, 1 / 25);
  },
  'vob-joined': (run) => joined(run, 'titles.vob'),
  async 'ts-gap'(run) {
    await run.index();
    const { durationSec } = await run.engine.video({ video: run.at('camera_restarted.ts') });
    run.near('length', durationSec ?? undefined, 20, 0.5);
    await run.clock('camera_restarted.ts', 5.5, 5);
    await run.clock('camera_restarted.ts', 15.5, 25);
  },
  async 'webm-no-duration'(run) {
    await length(run, 'browser.webm', 20);
    await run.clock('browser.webm', 12.5, 12);
  },
  async 'webm-late-clock'(run) {
    await length(run, 'chunk2.webm', 12);
    await run.clock('chunk2.webm', 5.5, 5);
  },
  async 'webm-last-picture'(run) {
    for (const name of ['slides.webm', 'slides_live.webm']) {
      await length(run, name, 40);
      await run.clock(name, 35, 10);
      const { starts } = await run.engine.relevance({ video: run.at(name), query: 'grey' });
      run.near(`the index of ${name} ends`, starts.at(-1), 39, 1.1);
    }
  },
  async 'growing-recording'(run) {
    const [file, ...later] = ['rec.ts', 'later1', 'later2'].map((name) => run.at(name));
    await run.index('rec.ts');
    const { rename } = await import('node:fs/promises');
    for (const next of later) {
      await rename(next, file);
      await run.index('rec.ts');
    }
    const { videos } = await run.engine.library();
    run.expect(videos.length === 1, `${videos.length} videos in the library`);
    run.near('length', videos[0]?.durationSec ?? undefined, 20, 0.5);
    const { moments } = await run.engine.find({ query: 'colours', limit: 20 });
    run.expect(
      moments.every(({ footage }) => footage === undefined),
      'moments that can not be played',
    );
  },
  async 'gopro-chapters'(run) {
    const { videos } = await run.index();
    const order = videos.map(({ path }) => path.split('/').at(-1)).join(', ');
    run.expect(/GH010001.*GH020001.*GH010002/.test(order), `listed as ${order}`);
    const library = (await run.engine.library()).videos.map(({ path }) => path).join();
    run.expect(/GH010001[^,]*,[^,]*GH020001/.test(library), `in the library as ${library}`);
    const next = await run.engine.ask({ question: 'what comes right after the bottle?', in: run.folder });
    run.expect(/\bcar\b/i.test(next.answer), `what comes right after the bottle: ${next.answer}`);
    const before = await run.engine.ask({
      question: 'Is the bottle shown before the car?',
      in: run.folder,
    });
    run.expect(/^yes/i.test(before.answer), `the bottle before the car: ${before.answer}`);
  },
  async 'two-video-tracks'(run) {
    await run.index();
    await run.clock('dashcam.mkv', 3.5, 53);
    const exact = await run.clip('dashcam.mkv', { start: 3.5, end: 6 }, true);
    showsFirst(run, exact?.file, 53);
    const copied = await run.clip('dashcam.mkv', { start: 3, end: 6 }, false);
    showsFirst(run, copied?.file, 53);
  },
  async 'default-audio'(run) {
    await run.index();
    const { sounds } = await probe(run.at('two_audio.mkv'));
    run.expect(sounds.length === 2, `${sounds.length} sound tracks`);
    const pitch = await pitchOf(await run.stream('two_audio.mkv'));
    run.near('pitch of the player’s sound', pitch, 880, 20);
  },
};

async function joined(run: CaseRun, name: string): Promise<void> {
  await length(run, name, 20);
  await run.clock(name, 8.5, 8);
  await run.clock(name, 14.5, 24);
}

/** Length as the library and the list have it. */
async function length(run: CaseRun, name: string, seconds: number): Promise<void> {
  await run.index(name);
  const { durationSec } = await run.engine.video({ video: run.at(name) });
  run.near(`length of ${name}`, durationSec ?? undefined, seconds, 0.5);
}

function showsFirst(run: CaseRun, file: string | undefined, seconds: number, after = 0): void {
  if (file === undefined) return;
  const pixels = colours(file, after).filter((_, index) => index % 3 === 1);
  const shown = clockIn({ width: 160, height: 90, pixels });
  run.expect(shown === seconds, `a clip begins with ${shown}, not ${seconds}`);
}

/** Hertz of a pure tone, by its zero crossings. */
async function pitchOf(file: string): Promise<number> {
  const { ffmpeg } = await import('../../../engine/media/testing/coded-video.ts');
  const output = ['-vn', '-ac', '1', '-ar', '16000', '-f', 's16le', 'pipe:1'];
  const bytes = ffmpeg(['-i', `file:${file}`, ...output]);
  const samples = new Int16Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 2));
  const second = samples.subarray(16_000, 32_000);
  return second.filter((value, index) => index > 0 && second[index - 1] < 0 && value >= 0).length;
}
