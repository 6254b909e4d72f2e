import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { TestContext } from 'node:test';
import { Client, type Transport } from '@modelcontextprotocol/client';
import { serveMcp, type McpEngine, type McpOptions, type McpStreams } from '../index.ts';

/** A client in this process, and what its server wrote. */
export interface Connected {
  client: Client;
  /** Every line that the server wrote on its standard output. */
  lines: string[];
  stdin: PassThrough;
  stdout: PassThrough;
  stderr: PassThrough;
  /** Ends with the server. */
  served: Promise<void>;
}

/** How to connect. */
export interface ConnectOptions extends Partial<Omit<McpOptions, 'engine'>> {
  /** "legacy" speaks a revision of 2025. */
  mode?: 'auto' | 'legacy';
}

/** Speaks MCP with an engine over streams in this process, with the SDK's own client. */
export async function connectTo(
  t: TestContext,
  engine: McpEngine,
  { mode = 'auto', ...options }: ConnectOptions = {},
): Promise<Connected> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const lines: string[] = [];
  const served = serveMcp(
    {
      engine: async () => engine,
      version: '1.2.3',
      allowed: new Set(),
      signal: new AbortController().signal,
      ...options,
    },
    { stdin, stdout, stderr } as unknown as McpStreams,
  );
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(transportOver(stdin, stdout, lines));
  t.after(async () => {
    stdin.end();
    await served;
    await client.close();
  });
  return { client, lines, stdin, stdout, stderr, served };
}

function transportOver(stdin: PassThrough, stdout: PassThrough, lines: string[]): Transport {
  let rest = '';
  const transport: Transport = {
    async start() {
      stdout.on('data', (chunk: Buffer) => {
        const pieces = (rest + chunk.toString()).split('\n');
        rest = pieces.pop()!;
        for (const line of pieces) {
          lines.push(line);
          transport.onmessage?.(JSON.parse(line) as never);
        }
      });
    },
    async send(message) {
      if (!stdin.write(`${JSON.stringify(message)}\n`)) await once(stdin, 'drain');
    },
    async close() {
      transport.onclose?.();
    },
  };
  return transport;
}

/** What a tool answered, with its texts joined. */
export async function callTool(
  { client }: Connected,
  name: string,
  given: Record<string, unknown>,
  options?: Parameters<Client['callTool']>[1],
) {
  const { content, structuredContent, isError } = await client.callTool({ name, arguments: given }, options);
  const text = content.flatMap((piece) => (piece.type === 'text' ? [piece.text] : [])).join('\n');
  return { text, content, data: structuredContent as Record<string, never> | undefined, isError };
}
