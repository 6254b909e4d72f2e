import { existsSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { badArgument, LongviewError } from '../../../protocol/errors.ts';
import type { TeamTools } from '../../../protocol/team.ts';
import { printable } from '../format.ts';
import { ownVersion, servable } from '../servable.ts';
import { rootsIn } from '../hub-options.ts';
import type { Command } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import type { WebHost } from '../../web/index.ts';

const root = resolve(import.meta.dirname, '../../../..');

/** `longview serve`: the interface in a browser on this machine. */
export const serveCommand: Command = {
  name: 'serve',
  summary: 'open the interface to a browser on this machine',
  usage: '',
  options: {
    port: { type: 'string' },
    host: { type: 'string' },
    'key-file': { type: 'string' },
    exports: { type: 'string' },
    open: { type: 'boolean' },
    hub: { type: 'string' },
    root: { type: 'string', multiple: true },
    'public-url': { type: 'string' },
  },
  optionValues: {
    port: '<n>',
    host: '<address>',
    'key-file': '<file>',
    exports: '<folder>',
    hub: '<postgres://…>',
    root: '<name=folder>',
    'public-url': '<https://…>',
  },
  optionHelp: {
    port: 'the port to listen on (default: a free one)',
    host: 'listen on another address than 127.0.0.1, with --key-file: whoever can reach it and has the key can use the library',
    'key-file': 'a file with the key that lets browsers in (created with a new key where there is none)',
    exports: 'the folder for clips that a browser exports (default: exports in the library’s folder)',
    open: 'also open the browser',
    hub: 'follow a team’s hub, and let its people in by their own keys ("longview hub users")',
    root: 'with --hub: where a root is on this machine: footage=/mnt/footage',
    'public-url': 'the address of the reverse proxy in front, which encrypts: https://longview.example',
  },
  words: { min: 0, max: 0, what: 'nothing' },
  async run({ engine, terminal, signal }, { options }) {
    const { serve } = await import('../../web/index.ts');
    const { readKeyFile } = await import('../../web/key-file.ts');
    const { openBrowser } = await import('../../web/open-browser.ts');
    const given = (name: string) => (typeof options[name] === 'string' ? options[name] : undefined);
    const keyFile = given('key-file');
    const key = keyFile === undefined ? undefined : await readKeyFile(keyFile);
    const opened = await engine();
    const hub = given('hub');
    if (hub !== undefined)
      await followOrGoOn(opened.team, { url: hub, roots: rootsIn(options.root) }, terminal);
    const host = await serve({
      engine: servable(opened),
      ...(hub !== undefined && { people: (token) => opened.team.personOf({ url: hub, token }) }),
      ...(given('public-url') === undefined ? {} : { publicUrl: given('public-url') }),
      pages: join(root, 'dist', 'renderer'),
      info: { version: ownVersion(), platform: process.platform, sample: sampleRecording() },
      port: portIn(options.port),
      ...(given('host') === undefined ? {} : { host: given('host') }),
      ...(given('exports') === undefined ? {} : { exportsDir: resolve(given('exports')!) }),
      ...(key === undefined ? {} : { key: key.key }),
    });
    // On stderr, so that --json still prints its one object alone.
    terminal.note(`Longview is at ${host.url}`);
    if (keyFile !== undefined)
      terminal.note(`The key is in ${printable(keyFile)}${key?.made ? ', which was made' : ''}.`);
    if (hub === undefined) warn(terminal, host.elsewhere);
    else for (const address of host.elsewhere) terminal.note(`People of the hub get in at ${address}`);
    const following =
      hub === undefined
        ? undefined
        : opened.team.keepFollowing({
            signal,
            onRound: (round) => {
              if ('message' in round) terminal.note(`${round.message} ${round.remedy}`);
              else if (round.pulled > 0) host.libraryChanged();
            },
          });
    const page = options.open === true ? await openBrowser(host.invite()) : undefined;
    if (page?.opened === false)
      terminal.note('No browser could be opened from here: open that address in one.');
    tellOfEntries(terminal, host, () => void page?.forget());
    terminal.note('Press Ctrl-C to stop.');
    if (!signal.aborted) await once(signal, 'abort');
    await Promise.all([page?.forget(), host.close(), following?.catch(() => undefined)]);
    return { result: { url: new URL('/', host.url).href } };
  },
};

/** What was brought before is served also while the hub is away. */
async function followOrGoOn(
  team: TeamTools,
  request: Parameters<TeamTools['follow']>[0],
  terminal: Terminal,
): Promise<void> {
  try {
    await team.follow(request);
  } catch (error) {
    if (!(error instanceof LongviewError) || error.code !== 'team-hub-unreachable') throw error;
    terminal.note(`${error.message} ${error.remedy}`);
  }
}

/** An address lets one browser in: once it has, the next one is told. */
function tellOfEntries(terminal: Terminal, host: WebHost, opened: () => void): void {
  let told = host.url;
  host.onEntered(() => {
    opened();
    if (host.url === told) return;
    told = host.url;
    terminal.note(`For another browser: ${told}`);
  });
}

/** Says who can get in now. */
function warn(terminal: Terminal, elsewhere: readonly string[]): void {
  if (elsewhere.length === 0) return;
  terminal.note(
    'Warning: other machines can reach Longview. Whoever opens an address below and has the key can search, watch and ' +
      'change this library, and the connection is not encrypted. An SSH tunnel to 127.0.0.1 is safer.',
  );
  for (const address of elsewhere) terminal.note(`  ${address}`);
}

function portIn(text: string | boolean | string[] | undefined): number {
  if (text === undefined) return 0;
  const port = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_535)) throw badArgument('--port', 'a whole number from 0 to 65535', text);
  return port;
}

/** The recording that `npm run demo` makes. */
function sampleRecording(): string | null {
  const folder = join(root, 'sample');
  const name = existsSync(folder) ? readdirSync(folder).find((entry) => entry.endsWith('.mp4')) : undefined;
  return name === undefined ? null : join(folder, name);
}
