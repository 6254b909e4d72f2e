import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { logOf } from '../../core/log.ts';
import { usualExports, type Desk, type McpEngine, type Permission } from './desk.ts';
import { createMcpServer } from './server.ts';
import { createSight, type Sight } from './sight.ts';
import { claimOutput } from './stdout.ts';

export { permissions, type McpEngine, type Permission } from './desk.ts';

/** What a client is let near to. */
export interface McpOptions {
  /** Opens the engine when it is first needed. */
  engine: () => Promise<McpEngine>;
  version: string;
  /** Folders that may be seen; the whole library where absent. */
  folders?: readonly string[] | undefined;
  allowed: ReadonlySet<Permission>;
  /** The folder for exports and clips. Default: `exports` in the library's folder. */
  exportsDir?: string | undefined;
  /** Ends it. */
  signal: AbortSignal;
}

/** The streams that the protocol is spoken on. */
export interface McpStreams {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/**
 * Speaks the Model Context Protocol (revision 2026-07-28, and those of 2025 with clients that know no other) on a
 * program's standard streams, until the client goes away or the signal is aborted. Calls that run then are cancelled.
 */
export async function serveMcp(options: McpOptions, { stdin, stdout, stderr }: McpStreams): Promise<void> {
  const desk = createDesk(options);
  const output = claimOutput(stdout, stderr);
  try {
    const transport = new StdioServerTransport(stdin, output.protocol);
    const ended = new Promise<void>((resolve) => {
      const close = transport.close.bind(transport);
      transport.close = async () => {
        await close();
        resolve();
      };
    });
    const log = logOf('mcp');
    const served = serveStdio(() => createMcpServer(desk), {
      transport,
      // What a client sent may stand in the message.
      onerror: (error) => log.warn('the protocol: {name}', { name: error.name }),
    });
    const stop = () => void served.close();
    if (options.signal.aborted) stop();
    options.signal.addEventListener('abort', stop);
    await ended;
    options.signal.removeEventListener('abort', stop);
  } finally {
    output.release();
    // Nothing more is read: the process may end.
    stdin.destroy();
  }
}

/** What tools work with, whatever carries the protocol. */
export function createDesk({
  engine,
  version,
  folders,
  allowed,
  exportsDir,
}: Omit<McpOptions, 'signal'>): Desk {
  let sight: Promise<Sight> | undefined;
  const library = async () => (await engine()).library();
  return {
    ...{ engine, version, allowed },
    sight: () => (sight ??= createSight(library, { folders, paths: allowed.has('paths') })),
    exportsDir: async () => exportsDir ?? usualExports((await library()).folder),
  };
}
