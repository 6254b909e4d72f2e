import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { LongviewError } from '../../protocol/errors.ts';

/** A file of the interface, held in memory. */
export interface Page {
  body: Buffer;
  type: string;
  /** Its name holds a hash of its content, so it never changes. */
  lasting: boolean;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/**
 * Reads the built interface. Only what is in this map is ever served as a page, so no request can name another file.
 * @throws LongviewError `file-not-found` where it isn't built.
 */
export async function readPages(folder: string): Promise<Map<string, Page>> {
  const pages = new Map<string, Page>();
  for (const name of await filesIn(folder)) {
    const type = types[extname(name)];
    if (!type) continue;
    const body = await readFile(join(folder, name));
    pages.set(`/${name}`, { body, type, lasting: name.startsWith('assets/') });
  }
  const start = pages.get('/index.html');
  if (!start)
    throw new LongviewError(
      'file-not-found',
      `The interface is not built: there is no index.html in ${JSON.stringify(folder)}.`,
      'Run "npm start" once in Longview’s folder: it builds the interface.',
    );
  pages.set('/', start);
  return pages;
}

/**
 * The folder's files as paths with slashes; links are left out. Walked by hand, since the folder may lie in Electron's
 * archive, where reading a folder knows fewer options.
 */
async function filesIn(folder: string, within = ''): Promise<string[]> {
  const entries = await readdir(join(folder, within), { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries) {
    const name = within === '' ? entry.name : `${within}/${entry.name}`;
    if (entry.isFile()) found.push(name);
    else if (entry.isDirectory()) found.push(...(await filesIn(folder, name)));
  }
  return found;
}
