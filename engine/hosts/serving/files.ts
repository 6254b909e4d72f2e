import { open, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Refusal } from './answer.ts';
import { parseRange } from './range.ts';
import type { FileHandle } from 'node:fs/promises';
import type { Answer, Asked } from './answer.ts';

const types: Record<string, string> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
  '.mkv': 'video/x-matroska',
  '.ogv': 'video/ogg',
  '.avi': 'video/x-msvideo',
  '.mpg': 'video/mpeg',
  '.mpeg': 'video/mpeg',
  '.ts': 'video/mp2t',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
};

/**
 * A file, or the part of it that was asked for. The path comes from the library, never from the request.
 * @param again looks once more, while the file is open, where the wanted one lies: what is served is what was looked at
 * @throws Refusal 404 where the file is gone, 416; what `again` throws.
 */
export async function answerFile(
  asked: Asked,
  path: string,
  cacheControl: string,
  again?: () => Promise<string>,
): Promise<Answer> {
  const file = await open(path, 'r').catch(() => {
    throw new Refusal(404, 'The file is gone.');
  });
  let kept = false;
  try {
    if (again && !(await isSame(file, await again()))) throw new Refusal(404, 'The file is gone.');
    const answer = await answerOpened(asked, file, extname(path).toLowerCase(), cacheControl);
    kept = answer.body !== undefined;
    return answer;
  } finally {
    // A body closes the file when it ends or is destroyed.
    if (!kept) await file.close();
  }
}

async function isSame(file: FileHandle, path: string): Promise<boolean> {
  const [open, there] = await Promise.all([file.stat(), stat(path).catch(() => undefined)]);
  return open.dev === there?.dev && open.ino === there.ino;
}

async function answerOpened(
  asked: Asked,
  file: FileHandle,
  extension: string,
  cacheControl: string,
): Promise<Answer> {
  const stat = await file.stat();
  if (!stat.isFile()) throw new Refusal(404, 'The file is gone.');
  const tag = `"${stat.size.toString(36)}-${Math.round(stat.mtimeMs).toString(36)}"`;
  const condition = asked.header('if-range');
  const wanted =
    condition !== undefined && condition !== tag ? 'whole' : parseRange(asked.header('range'), stat.size);
  const common = { 'Accept-Ranges': 'bytes', 'Cache-Control': cacheControl };
  if (wanted === 'unsatisfiable')
    throw new Refusal(416, 'The file is shorter than that.', {
      ...common,
      'Content-Range': `bytes */${stat.size}`,
    });
  const headers: Record<string, string> = {
    ...common,
    ETag: tag,
    'Content-Type': types[extension] ?? 'application/octet-stream',
  };
  if (asked.header('if-none-match') === tag && wanted === 'whole') return { status: 304, headers };
  const { start, end } = wanted === 'whole' ? { start: 0, end: stat.size - 1 } : wanted;
  headers['Content-Length'] = String(end - start + 1);
  if (wanted !== 'whole') headers['Content-Range'] = `bytes ${start}-${end}/${stat.size}`;
  const status = wanted === 'whole' ? 200 : 206;
  if (asked.method === 'HEAD' || stat.size === 0) return { status, headers };
  return { status, headers, body: file.createReadStream({ start, end }) };
}
