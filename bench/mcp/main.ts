import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { createEngine } from '../../engine/engine.ts';
import { createDesk } from '../../engine/hosts/mcp/index.ts';
import { createMcpServer } from '../../engine/hosts/mcp/server.ts';

/** For the list of benches. */
export const what =
  'that `longview mcp` speaks as the protocol wants: the SDK’s conformance tool (needs the network: npx)';

const tool = '@modelcontextprotocol/conformance@0.2.0-alpha.12';

/** Checks that no server but the tool's own example passes, each with the reason why. */
const notOurs = join(import.meta.dirname, 'not-ours.yml');

/**
 * Runs the conformance tool on the server of `longview mcp`. The tool speaks HTTP only, so the same server stands behind
 * an address of this machine here; many of its scenarios want tools of its own example server, and fail on any other.
 * @param args passed to the tool; `--requirements 2026-07-28` where there are none
 */
export async function run(args: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'longview-mcp-'));
  const engine = createEngine({ libraryDir: join(folder, 'library') });
  const desk = createDesk({ engine: async () => engine, version: '0', allowed: new Set() });
  const handler = createMcpHandler(() => createMcpServer(desk));
  const server = createServer((request, response) => void answer(handler, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  try {
    const usual = ['--requirements', '2026-07-28', '--expected-failures', notOurs];
    const given = args.length > 0 ? args : usual;
    const child = spawn('npx', ['--yes', tool, 'server', '--url', url, ...given], {
      cwd: folder,
      stdio: 'inherit',
      // The tool wants a Node as new as this one, whatever the machine has.
      env: { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) },
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    process.exitCode = code ?? 1;
  } finally {
    server.closeAllConnections();
    server.close();
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the real server can't meet, since it has no address: a page of another site that asks under its own name. */
const ownNames = /^(?:127\.0\.0\.1|localhost):\d+$/u;

/** Node's request as the one that the handler takes, and its answer back. */
async function answer(
  handler: ReturnType<typeof createMcpHandler>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!ownNames.test(request.headers.host ?? '')) {
    response.writeHead(403).end();
    return;
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, [value].flat().join(', '));
  const method = request.method ?? 'GET';
  const body = method === 'GET' || method === 'HEAD' ? null : await buffer(request);
  const given = await handler.fetch(
    new Request(`http://${request.headers.host}${request.url}`, { method, headers, body }),
  );
  response.writeHead(given.status, Object.fromEntries(given.headers));
  for await (const piece of given.body ?? []) response.write(piece);
  response.end();
}
