import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { badArgument } from '../../../protocol/errors.ts';
import { plural } from '../../../protocol/plural.ts';
import { printable } from '../format.ts';
import { ownVersion, servable } from '../servable.ts';
import { UsageError } from '../usage.ts';
import type { Arguments, Command } from '../command.ts';
import type { Permission } from '../../mcp/index.ts';

/** Repeated here so that no other command loads the protocol's library; a test compares them. */
const permissions: readonly Permission[] = ['export', 'clip', 'paths'];

/** So long may ending take once the client is gone: a model that computes can't be stopped in between. */
const patienceMs = 10_000;

/** `longview mcp`: the library for a program that speaks the Model Context Protocol. */
export const mcpCommand: Command = {
  name: 'mcp',
  summary: 'let an assistant that speaks MCP search the library (started by that program)',
  usage: '',
  options: {
    folder: { type: 'string', multiple: true },
    allow: { type: 'string', multiple: true },
    exports: { type: 'string' },
  },
  optionValues: { folder: '<folder>', allow: `<${permissions.join('|')},…>`, exports: '<folder>' },
  optionHelp: {
    folder: 'all that it may see, however deep; may be given several times (default: the whole library)',
    allow:
      'what it may do beside looking: export (write lists of moments), clip (cut video files), paths (hear where files lie)',
    exports: 'the folder that exports and clips go into (default: exports in the library’s folder)',
  },
  words: { min: 0, max: 0, what: 'nothing' },
  async run({ engine, terminal, json, signal }, { options }) {
    if (json)
      throw new UsageError('mcp speaks a protocol of its own on its standard output', 'Leave --json out.');
    const allowed = allowedIn(options.allow);
    const folders = options.folder as string[] | undefined;
    const exportsDir = typeof options.exports === 'string' ? resolve(options.exports) : undefined;
    const { serveMcp } = await import('../../mcp/index.ts');
    if (process.stdin.isTTY)
      terminal.note(
        'This command is for a program that speaks MCP to start; see docs/mcp.md. Press Ctrl-C to stop.',
      );
    for (const folder of folders ?? [])
      if (!existsSync(folder))
        terminal.note(
          `There is nothing at ${printable(folder)} now: what was indexed there may be seen all the same.`,
        );
    const seen = folders ? plural(folders.length, 'folder') : 'the whole library';
    terminal.note(
      `Longview speaks MCP. The client may look at ${seen}${allowed.size > 0 ? `; allowed: ${[...allowed].join(', ')}` : ''}.`,
    );
    await serveMcp(
      {
        engine: async () => servable(await engine()),
        version: ownVersion(),
        ...{ folders, allowed, exportsDir, signal },
      },
      process,
    );
    setTimeout(() => process.exit(1), patienceMs).unref();
    return { result: undefined };
  },
};

function allowedIn(given: Arguments['options'][string]): Set<Permission> {
  const words = [given ?? []].flat().flatMap((text) => String(text).split(','));
  return new Set(
    words
      .map((word) => word.trim())
      .map((word) => {
        const permission = permissions.find((one) => one === word);
        if (!permission) throw badArgument('--allow', `one or more of ${permissions.join(', ')}`, word);
        return permission;
      }),
  );
}
