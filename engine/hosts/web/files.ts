import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseRange } from './range.ts';
import { Refusal } from './guard.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';

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
 * Sends a file, or the part of it that was asked for. The path comes from the library, never from the request.
 * @throws Refusal 404 where the file is gone.
 */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  cacheControl: string,
): Promise<void> {
  const file = await open(path, 'r').catch(() => {
    throw new Refusal(404, 'The file is gone.');
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new Refusal(404, 'The file is gone.');
    const tag = `"${stat.size.toString(36)}-${Math.round(stat.mtimeMs).toString(36)}"`;
    const whole = { start: 0, end: stat.size - 1 };
    const condition = request.headers['if-range'];
    const wanted =
      condition !== undefined && condition !== tag ? 'whole' : parseRange(request.headers.range, stat.size);
    response.setHeader('Accept-Ranges', 'bytes');
    response.setHeader('Cache-Control', cacheControl);
    if (wanted === 'unsatisfiable') {
      response.setHeader('Content-Range', `bytes */${stat.size}`);
      throw new Refusal(416, 'The file is shorter than that.');
    }
    response.setHeader('ETag', tag);
    response.setHeader('Content-Type', types[extname(path).toLowerCase()] ?? 'application/octet-stream');
    if (request.headers['if-none-match'] === tag && wanted === 'whole') {
      response.writeHead(304).end();
      return;
    }
    const { start, end } = wanted === 'whole' ? whole : wanted;
    response.setHeader('Content-Length', end - start + 1);
    if (wanted !== 'whole') response.setHeader('Content-Range', `bytes ${start}-${end}/${stat.size}`);
    response.writeHead(wanted === 'whole' ? 200 : 206);
    if (request.method === 'HEAD' || stat.size === 0) {
      response.end();
      return;
    }
    await pipeline(file.createReadStream({ start, end, autoClose: false }), response);
  } catch (error) {
    // The player closes connections all the time, on every seek.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  } finally {
    await file.close();
  }
}
