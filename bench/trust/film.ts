import type { Clip, Look, Overlay, Part } from './clips.ts';

/** All clips are of one size and frame rate. */
const [width, height, rate] = [640, 360, 10];
const stillSeconds = 5;

const isFilm = (file: string) => /\.(?:mp4|mkv|avi)$/u.test(file);

/** ffmpeg's arguments for a clip. @param at where a file of the material is */
export function filmArguments(clip: Clip, at: (file: string) => string, output: string): string[] {
  const { from, over = [], look = [] } = clip;
  const inputs = [
    ...from.flatMap((part) => [...inputOf(part), '-i', at(part.file)]),
    ...over.flatMap(({ file }) => ['-i', at(file)]),
  ];
  // A recording by itself keeps its shape: bars beside it would be what isn't at the picture's edge.
  const alone = from.length === 1 && over.length === 0 && !look.includes('far');
  const chains = from.map((part, i) => `[${i}:v]${filterOf(part, i, alone)}[p${i}]`);
  chains.push(`${from.map((_, i) => `[p${i}]`).join('')}concat=n=${from.length}:v=1:a=0[s0]`);
  over.forEach((one, i) => {
    chains.push(`[${from.length + i}:v]${cutOut(one)}[o${i}]`);
    chains.push(`[s${i}][o${i}]${laidOver(one)}[s${i + 1}]`);
  });
  chains.push(
    `[s${over.length}]${['null', ...look.map((one) => filters[one])].join(',')},format=yuv420p[film]`,
  );
  return [
    ...[
      '-v',
      'error',
      '-nostdin',
      '-y',
      ...inputs,
      '-filter_complex',
      chains.join(';'),
      '-map',
      '[film]',
      '-an',
    ],
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-crf',
      '20',
      '-threads',
      '1',
      '-map_metadata',
      '-1',
      output,
    ],
  ];
}

const filters: Record<Look, string> = {
  dim: 'eq=brightness=-0.2:contrast=0.75:saturation=0.8',
  noise: 'noise=alls=14:allf=t',
  grey: 'hue=s=0',
  soft: 'gblur=sigma=2',
  mirrored: 'hflip',
  far: `split[w][n];[w]scale=${width}:${height},gblur=sigma=24[b];[n]scale=iw*0.45:-2[i];[b][i]overlay=x=W*0.3:y=H*0.4`,
};

function inputOf({ file, start, end, hold, seconds = stillSeconds }: Part): string[] {
  if (!isFilm(file)) return ['-loop', '1', '-framerate', String(rate), '-t', String(seconds)];
  const from = start === undefined ? [] : ['-ss', String(start)];
  return hold !== undefined || end === undefined ? from : [...from, '-t', String(end - (start ?? 0))];
}

function filterOf({ file, hold, move, seconds = stillSeconds }: Part, i: number, alone: boolean): string {
  const fitted = `scale=${width}:${height}:force_original_aspect_ratio=decrease`;
  const filled = (more: number) =>
    `scale=${Math.round((width * more) / 2) * 2}:${Math.round((height * more) / 2) * 2}:force_original_aspect_ratio=increase`;
  const square = 'setsar=1,format=yuv420p';
  if (isFilm(file)) {
    const held =
      hold === undefined ? '' : `trim=end_frame=1,loop=-1:1:0,setpts=N/${rate}/TB,trim=duration=${hold},`;
    const shape = alone ? `scale=-2:${height}` : `${fitted},pad=${width}:${height}:-1:-1`;
    return `${hold === undefined ? `fps=${rate},` : held}${shape},${square}`;
  }
  if (move === 'still') return `${filled(1)},crop=${width}:${height},${square}`;
  if (move === 'whole')
    return `split[w${i}][n${i}];[w${i}]${filled(1)},crop=${width}:${height},gblur=sigma=20[b${i}];[n${i}]${fitted}[f${i}];[b${i}][f${i}]overlay=x='(W-w)/2+8*sin(t)':y=(H-h)/2,${square}`;
  const way = `t/${seconds}`;
  return `${filled(1.15)},crop=${width}:${height}:x='(iw-${width})*(0.25+0.5*${way})':y='(ih-${height})*(0.35+0.3*${way})',${square}`;
}

function cutOut({ crop: [x, y, w, h], shape, high }: Overlay): string {
  const mask =
    shape === 'white'
      ? 'colorkey=0xffffff:0.1:0.06'
      : "geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='255*clip(5*(1.02-hypot((X-W/2)/(W/2),(Y-H/2)/(H/2))),0,1)'";
  return `trim=end_frame=1,crop=iw*${w}:ih*${h}:iw*${x}:ih*${y},scale=-2:${Math.round((height * high) / 2) * 2},format=rgba,${mask},loop=-1:1:0,setpts=N/${rate}/TB`;
}

function laidOver({ x: [from, to], y, start, end }: Overlay): string {
  const share = `(${from}+${(to - from).toFixed(3)}*clip((t-${start})/${Math.min(end - start, 8)},0,1))`;
  return `overlay=x='W*${share}-w/2':y='H*${y}-h/2+2*sin(9*t)':enable='between(t,${start},${end})':shortest=1`;
}
