import { join } from 'node:path';
import { LongviewError } from '../../protocol/errors.ts';
import { logOf } from '../../core/log.ts';
import { withoutFolders } from './without-folders.ts';
import type { CallToolResult, ServerContext } from '@modelcontextprotocol/server';
import type { Engine } from '../../protocol/engine.ts';
import type { OnProgress } from '../../protocol/progress.ts';
import type { TranscriptTools } from '../../protocol/transcript.ts';
import type { LibraryView } from '../../protocol/view.ts';
import type { WindowTools } from '../../protocol/window.ts';
import { UnknownPlace, type Sight, type SightedVideo } from './sight.ts';

/** The engine as the tools use it. */
export type McpEngine = Pick<Engine, 'library' | 'find' | 'ask'> &
  Pick<LibraryView, 'still' | 'video'> &
  Pick<TranscriptTools, 'transcript'> &
  Pick<WindowTools, 'exportMoments'>;

/** What a client may do and hear beside looking, each only where the person who set it up said so. */
export const permissions = ['export', 'clip', 'paths'] as const;

/** One of {@link permissions}. */
export type Permission = (typeof permissions)[number];

/** What every tool works with. */
export interface Desk {
  /** Opens the engine when it is first needed. */
  engine(): Promise<McpEngine>;
  /** What the client may see. */
  sight(): Promise<Sight>;
  allowed: ReadonlySet<Permission>;
  /** The one folder that exports and clips are written into. */
  exportsDir(): Promise<string>;
  version: string;
}

/** What a tool gives: words for people and models, the same as data, and what belongs to it. */
export interface Told {
  text: string;
  data: Record<string, unknown>;
  more?: CallToolResult['content'];
}

/** What a call carries besides its arguments. */
export interface Call {
  signal: AbortSignal;
  onProgress: OnProgress;
}

/**
 * Runs a tool's work: its progress is passed on, its cancellation too, and what goes wrong comes back in plain words, for
 * the model to read. The log says which tool ran, how long and how it ended, never what was asked.
 */
export async function run(
  desk: Desk,
  tool: string,
  context: ServerContext,
  work: (call: Call) => Promise<Told>,
): Promise<CallToolResult> {
  const began = performance.now();
  const ended = (how: string) =>
    logOf('mcp').info('{tool}: {how} after {ms} ms', {
      ...{ tool, how, ms: Math.round(performance.now() - began) },
    });
  const { signal } = context.mcpReq;
  try {
    const { text, data, more = [] } = await work({ signal, onProgress: progressTo(context) });
    ended('done');
    return { content: [{ type: 'text', text }, ...more], structuredContent: data };
  } catch (error) {
    ended(error instanceof LongviewError ? error.code : 'a bug');
    return { content: [{ type: 'text', text: await sorry(desk, error) }], isError: true };
  }
}

/** What went wrong, in a sentence or two. */
export async function sorry(desk: Desk, error: unknown): Promise<string> {
  if (!(error instanceof LongviewError)) {
    logOf('mcp').error('a bug: {error}', { error });
    return 'Longview made a mistake. Its log on this machine says more.';
  }
  const text = `${error.message.replace(/\.?$/u, '.')} ${error.remedy}`.trimEnd();
  if (error instanceof UnknownPlace) return text;
  try {
    return await (await desk.sight()).told(text);
  } catch {
    // The library itself can't be opened.
    return withoutFolders(text, []);
  }
}

/** A video as it is told: where it lies only where that may be told. */
export function videoData({ allowed }: Pick<Desk, 'allowed'>, { id, name, folder, path }: SightedVideo) {
  return { video: id, name, folder, ...(allowed.has('paths') ? { path } : {}) };
}

/** The folder for exports where none was named. */
export function usualExports(libraryFolder: string): string {
  return join(libraryFolder, 'exports');
}

/** Steps nearer than this to the last one aren't told. */
const leastMs = 100;

/** Tells a client how far its call is, where it asked to be told; never back, whatever the stages do. */
function progressTo({ mcpReq }: ServerContext): OnProgress {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  let reached = -1;
  let at = -Infinity;
  return ({ stage, fraction }) => {
    const now = performance.now();
    if (fraction <= reached || now - at < leastMs) return;
    reached = fraction;
    at = now;
    void mcpReq
      .notify({
        method: 'notifications/progress',
        params: { progressToken, progress: fraction, total: 1, message: stage },
      })
      // A client that is gone is noticed by whoever reads from it.
      .catch(() => undefined);
  };
}
