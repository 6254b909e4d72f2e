import path from 'node:path';
import { probe, writeStillAt } from '../../engine/media/index.ts';
import { ffmpeg } from '../../engine/media/testing/coded-video.ts';

const hourSec = 3600;
const times = [7.3, 601.2, 1234.5, 2222.2, 3011.9, 3555.5];

/** An hour of 720p with a key frame every five seconds, in MP4 and as a transport stream: how long a still takes in each. */
export async function measureStills(folder: string): Promise<void> {
  const [mp4, ts] = ['hour.mp4', 'hour.ts'].map((name) => path.join(folder, name));
  const minute = path.join(folder, 'minute.mp4');
  const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '2M', '-g', '125', '-keyint_min', '125'];
  const sound = ['-f', 'lavfi', '-i', 'sine=sample_rate=48000:duration=60'];
  ffmpeg([
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=1280x720:r=25:d=60',
    ...sound,
    ...x264,
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
    minute,
  ]);
  ffmpeg(['-stream_loop', '59', '-i', minute, '-c', 'copy', mp4]);
  ffmpeg(['-i', mp4, '-c', 'copy', ts]);
  for (const file of [mp4, ts]) {
    const { durationSec } = await probe(file);
    if (Math.abs(durationSec - hourSec) > 5) throw new Error(`${file} is ${durationSec} s long`);
    await writeStillAt(file, 1, `${file}.jpg`);
  }
  const totals = [0, 0];
  for (const time of times)
    for (const [index, file] of [mp4, ts].entries()) {
      const begun = performance.now();
      await writeStillAt(file, time, `${file}.jpg`);
      totals[index] += performance.now() - begun;
    }
  const [inMp4, inTs] = totals.map((total) => total / times.length);
  say(
    `a still from an hour of MP4: ${inMp4.toFixed(0)} ms; of MPEG-TS: ${inTs.toFixed(0)} ms; ratio ${(inTs / inMp4).toFixed(2)}`,
  );
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
