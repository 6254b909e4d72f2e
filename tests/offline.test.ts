import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readDeed } from '../bench/offline/trace.ts';
import { ffmpeg, needPages } from './e2e/stage.ts';
import { canWatch, watch, watchedFolders, type WatchedFolders } from '../bench/offline/watch.ts';

const root = resolve(import.meta.dirname, '..');
const cli = join(root, 'engine/hosts/cli.ts');

describe('what a trace says', () => {
  const reads: [string, string | undefined][] = [
    [
      'connect(21<socket:[1]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("203.0.113.9")}, 16) = -1 EINPROGRESS (Operation now in progress)',
      '203.0.113.9, port 443',
    ],
    ['sendto(5<UDPv6:[[::1]:9->[2001:db8::1]:443]>, "x", 1, 0, NULL, 0) = 1', '2001:db8::1, port 443'],
    ['sendto(5<TCP:[127.0.0.1:9->127.0.0.1:443]>, "x", 1, 0, NULL, 0) = 1', undefined],
    [
      'connect(21<socket:[1]>, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}, 16) = 0',
      'name look-up at 127.0.0.53',
    ],
    [
      'sendto(5<UDP:[2]>, "x", 1, 0, {sa_family=AF_INET6, sin6_port=htons(9), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = 1',
      '2001:db8::1, port 9',
    ],
    [
      'connect(3<UNIX-STREAM:[1]>, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = 0',
      'name look-up at /var/run/nscd/socket',
    ],
    [
      'connect(3<UNIX-STREAM:[1]>, {sa_family=AF_UNIX, sun_path="/run/dbus/system_bus_socket"}, 33) = 0',
      undefined,
    ],
    [
      'connect(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
      undefined,
    ],
    [
      'openat(AT_FDCWD</home/me>, "n\\303\\244me", O_WRONLY|O_CREAT|O_CLOEXEC, 0666) = 3</home/me/n\\303\\244me>',
      '/home/me/näme',
    ],
    ['openat(AT_FDCWD</home/me>, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3</etc/passwd>', undefined],
    [
      'openat(AT_FDCWD</home/me>, "/tmp/x", O_RDWR|O_CREAT|O_EXCL, 0600) = -1 EEXIST (File exists)',
      undefined,
    ],
    ['rename("/tmp/a", "/tmp/b") = 0', '/tmp/b'],
    ['renameat2(AT_FDCWD</w>, "/tmp/a", 7</data>, "b", RENAME_NOREPLACE) = 0', '/data/b'],
    ['symlink("../elsewhere", "/tmp/link") = 0', '/tmp/link'],
    ['clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD}, 88) = 4711', '4711'],
    ['mkdir("/tmp/folder", 0777) = 0', '/tmp/folder'],
  ];
  for (const [line, expected] of reads)
    test(`${line.slice(0, 60)}…: ${expected ?? 'nothing'}`, () => {
      const deed = readDeed(line);
      const read = !deed ? undefined : 'what' in deed ? deed.what : 'pid' in deed ? deed.pid : deed.path;
      assert.equal(read, expected);
    });
});

const skip = canWatch() ? false : 'there is no strace here (Debian: apt-get install strace)';

describe('a watched program', { skip }, () => {
  test('is seen when it looks a name up, connects, and leaves a file', async () => {
    const { root: folder, env } = await watchedFolders();
    try {
      const code = `
        require('node:fs').writeFileSync(process.env.HOME + '/left', '');
        require('node:fs').writeFileSync(process.env.HOME + '/allowed', '');
        require('node:fs').writeFileSync(process.env.TMPDIR + '/gone', '');
        require('node:fs').rmSync(process.env.TMPDIR + '/gone');
        const socket = require('node:net').connect(9, '192.0.2.1').on('error', () => {});
        setTimeout(() => socket.destroy(), 200);
        const resolver = new (require('node:dns').Resolver)({ timeout: 50, tries: 1 });
        resolver.setServers(['127.0.0.1']);
        resolver.resolve4('example.invalid', () => {});`;
      const seen = await watch([process.execPath, '-e', code], {
        cwd: root,
        env: { ...process.env, ...env },
        may: [join(env.HOME, 'allowed')],
      });
      assert.deepEqual(seen.left, [join(env.HOME, 'left')]);
      assert.deepEqual(seen.network, ['node: 192.0.2.1, port 9', 'node: name look-up at 127.0.0.1']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('nothing leaves this machine, and nothing is left on it but the library', { skip }, () => {
  let folders: WatchedFolders;
  let library: string;
  let video: string;
  before(async () => {
    await needPages();
    folders = await watchedFolders();
    library = join(folders.root, 'library');
    video = join(folders.root, 'film.mp4');
    const source = 'testsrc2=size=320x180:rate=10:duration=4';
    const sound = 'sine=duration=4';
    ffmpeg(['-f', 'lavfi', '-i', source, '-f', 'lavfi', '-i', sound, video]);
  });
  after(() => rmSync(folders.root, { recursive: true, force: true }));

  const longview = (args: string[], more: Partial<Parameters<typeof watch>[1]> = {}) =>
    watched([cli, ...args, '--library', library], more);

  async function watched(args: string[], more: Partial<Parameters<typeof watch>[1]> = {}) {
    const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
    const seen = await watch([process.execPath, ...args], {
      cwd: root,
      env: { ...env, ...folders.env },
      may: [library],
      ...more,
    });
    assert.deepEqual([...seen.network, ...seen.routes], [], seen.output);
    assert.deepEqual(seen.left, [], seen.output);
    for (const place of Object.values(folders.env)) assert.deepEqual(readdirSync(place), [], place);
    return seen;
  }

  test('indexing', async () => {
    const { exitCode, output, programs } = await longview(['index', video]);
    assert.equal(exitCode, 0, output);
    assert.ok(programs.includes('ffmpeg'), programs.join(' '));
  });

  test('finding', async () => {
    const { exitCode, output } = await longview(['find', 'a dog', '--json']);
    assert.equal(exitCode, 0, output);
  });

  test('asking', async () => {
    const { exitCode, output } = await longview(['ask', 'What is shown?', '--in', video, '--json']);
    assert.equal(exitCode, 0, output);
  });

  test('looking what the machine can do, graphics drivers with it', async () => {
    const { output } = await longview(['doctor']);
    assert.match(output, /ffmpeg/u);
  });

  test('importing a checkpoint', async () => {
    const checkpoint = join(root, 'tests/fixtures/hope/checkpoint');
    const { exitCode, output } = await longview(['models', 'import', checkpoint, '--id', 'tiny']);
    assert.equal(exitCode, 0, output);
  });

  test('exporting a list and a clip', async () => {
    const out = join(folders.root, 'out');
    mkdirSync(out);
    for (const [format, file] of [
      ['csv', join(out, 'a.csv')],
      ['clips', join(out, 'clips')],
    ]) {
      const { exitCode, output } = await longview(['export', format, '--query', 'a dog', '--out', file], {
        may: [library, out],
      });
      assert.equal(exitCode, 0, output);
    }
  });

  test('serving', async () => {
    let asked: Promise<unknown> | undefined;
    const seen = await longview(['serve'], {
      onOutput: (text, end) => {
        const url = /http:\S+/u.exec(text)?.[0];
        if (url === undefined || asked) return;
        asked = fetch(url).finally(() => end('SIGTERM'));
      },
    });
    assert.equal(((await asked) as Response).status, 200, seen.output);
  });

  test('speaking MCP', async () => {
    const out = join(folders.root, 'cut');
    const calls: [string, object][] = [
      ['list', {}],
      ['find', { query: 'a dog' }],
      ['ask', { question: 'What is shown?', in: ['film.mp4'] }],
      ['transcript', { video: 'film.mp4' }],
      ['still', { video: 'film.mp4', time: 1 }],
      ['clip', { title: 'cut', moments: [{ video: 'film.mp4', start: 1, end: 2 }] }],
    ];
    // A client that asks one thing after the other, tells what it was answered, and hangs up.
    const client = `
      const { spawn } = require('node:child_process');
      const [calls, ...args] = ${JSON.stringify([calls, cli, 'mcp', '--library', library, '--allow', 'clip', '--exports', out])};
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      const _meta = {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      };
      let id = 0;
      const next = () => {
        if (id === calls.length) return child.stdin.end();
        const [name, given] = calls[id++];
        const params = { name, arguments: given, _meta };
        child.stdin.write(JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params }) + '\\n');
      };
      require('node:readline').createInterface({ input: child.stdout }).on('line', (line) => {
        const { result } = JSON.parse(line);
        console.log(calls[id - 1][0], result?.structuredContent && !result.isError ? 'answered' : line);
        next();
      });
      child.on('exit', (code) => { process.exitCode = code ?? 1; });
      next();`;
    const { exitCode, output } = await watched(['-e', client], { may: [library, out] });
    assert.equal(exitCode, 0, output);
    for (const [name] of calls) assert.match(output, new RegExp(`^${name} answered$`, 'mu'));
    assert.deepEqual(readdirSync(out), ['cut']);
  });
});
