import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFile, chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { extractAll, listPackage } from '@electron/asar';
import { z } from 'zod';
import { packageApp, sizeTable, type Sizes } from '../build/package.ts';
import { shippedPackages } from '../build/packaging/licences.ts';
import { stage } from '../build/packaging/stage.ts';
import { createProbes } from '../electron/probes.ts';
import { createClient } from '../engine/protocol/client.ts';
import { portTransport } from '../engine/protocol/port.ts';
import { readWeights } from '../engine/screen-text/weights.ts';
import { makeFootage } from './e2e/stage.ts';
import { StandInChannel } from './electron-standin/ports.ts';
import { StandInUtilityProcess } from './electron-standin/utility-process.ts';
import type { Client } from '../engine/protocol/client.ts';
import type { EngineStart, FromEngine } from '../engine/protocol/desktop.ts';
import type { ElectronApi } from '../electron/api.ts';

const root = resolve(import.meta.dirname, '..');
const noModel =
  !existsSync(join(root, 'models', 'builtin', 'eyes.onnx')) &&
  'the built-in model is not there (npm run setup)';
const notLinux = process.platform !== 'linux' && 'the stand-in for Electron’s distribution is Linux’s';
const arch = process.arch as 'x64' | 'arm64';

/** Where the fuses lie in Electron's program: a marker, their version, their number, and one character each. */
const fuseMarker = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** A folder like Electron's distribution, with a program that does nothing. */
async function makeDistribution(folder: string): Promise<void> {
  await mkdir(join(folder, 'locales'), { recursive: true });
  await mkdir(join(folder, 'resources'));
  const program = join(folder, 'electron');
  await writeFile(program, `#!/bin/sh\nexit 0\n${fuseMarker}`);
  await appendFile(program, Buffer.from([1, 9, ...Buffer.from('0'.repeat(9))]));
  await chmod(program, 0o755);
  for (const name of [
    'version',
    'LICENSE',
    'LICENSES.chromium.html',
    'locales/en-US.pak',
    'locales/zh-CN.pak',
  ])
    await writeFile(join(folder, name), '');
}

/** A client of an engine's process, over a port that was handed to it. */
function clientOf(child: StandInUtilityProcess): Client {
  const { port1, port2 } = new StandInChannel();
  const transport = portTransport({
    postMessage: (message) => port2.postMessage(message),
    receive(onMessage) {
      port2.on('message', ({ data }) => onMessage(data));
      return () => undefined;
    },
  });
  port2.start();
  child.postMessage({ serve: true }, [port1]);
  return createClient(transport);
}

/** Runs self-tests of providers for an engine's process, as the shell does. */
function runProbes(child: StandInUtilityProcess, program: string, onTold: (message: unknown) => void): void {
  const fork = (path: string, args: string[]) => new StandInUtilityProcess(path, args);
  const probes = createProbes({ fork } as unknown as ElectronApi['utilityProcess'], program);
  child.on('message', (message: FromEngine) => {
    if ('unprobe' in message) probes.end(message.unprobe);
    if (!('probe' in message)) return;
    probes.run(message.probe, message.args, (told) => {
      onTold(told);
      child.postMessage({ probed: message.probe, message: told });
    });
  });
}

describe('the packaged application', { skip: noModel || notLinux, timeout: 240_000 }, () => {
  let folder: string;
  let sizes: Sizes;
  let unpacked: string;
  let listed: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'longview-package-'));
    const electronDist = join(folder, 'electron');
    await makeDistribution(electronDist);
    // Carried as ffmpeg: a way to this machine's own.
    const ffmpeg = join(folder, 'ffmpeg');
    await writeFile(ffmpeg, `#!/bin/sh\nexec ${process.env.FFMPEG_PATH ?? 'ffmpeg'} "$@"\n`);
    ({ sizes } = await packageApp({
      target: { platform: 'linux', arch },
      dir: true,
      ffmpeg,
      electronDist,
      output: join(folder, 'out'),
    }));
    const made = (await readdir(join(folder, 'out'))).find((name) => name.endsWith('unpacked'))!;
    unpacked = join(folder, 'out', made);
    listed = listPackage(join(unpacked, 'resources', 'app.asar'), { isPack: false });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('stays under 250 MB without Electron’s own files and ffmpeg’s 80', (t) => {
    t.diagnostic(`\n${sizeTable(sizes)}`);
    const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    assert.ok(total < 170e6, `${total} bytes`);
    assert.ok(total > 50e6, 'the runtime and the model are in it');
  });

  test('its archive holds built code and this platform’s native packages, and nothing of the workshop', () => {
    for (const file of ['main.mjs', 'preload.cjs', 'engine.mjs', 'probe.mjs', 'listen.mjs'])
      assert.ok(listed.includes(`/electron/${file}`), file);
    assert.ok(listed.includes('/renderer/index.html'));
    assert.ok(listed.includes('/node_modules/better-sqlite3/lib/index.js'));
    const native = listed.filter((path) => /\.(node|so|dll|dylib)(\.\d+)*$/.test(path));
    assert.ok(native.length >= 3);
    for (const path of native) assert.match(path, /linux/, path);
    const foreign = listed.filter((path) =>
      /\.ts$|\.test\.|\.map$|\/(darwin|win32|bench|training|tests)(\/|$)/.test(path),
    );
    assert.deepEqual(foreign, []);
  });

  test('native code and ffmpeg lie outside the archive, where they can be run', async () => {
    const outside = join(unpacked, 'resources', 'app.asar.unpacked', 'node_modules');
    const libraries = await readdir(join(outside, 'onnxruntime-node', 'bin', 'napi-v6', 'linux', arch));
    assert.ok(libraries.includes('onnxruntime_binding.node') && libraries.includes('libonnxruntime.so.1'));
    assert.deepEqual(await readdir(join(outside, 'better-sqlite3', 'prebuilds')), [`linux-${arch}.node`]);
    const hearing = await readdir(join(outside, `sherpa-onnx-linux-${arch}`));
    assert.ok(hearing.includes('sherpa-onnx.node') && hearing.includes('libonnxruntime.so'));
    assert.ok((await readdir(join(unpacked, 'resources', 'models', 'voice'))).includes('silero_vad.onnx'));
    const resources = await readdir(join(unpacked, 'resources'));
    for (const name of ['ffmpeg', 'icons', 'licences.txt', 'models'])
      assert.ok(resources.includes(name), name);
  });

  test('its program is fused: it is no Node, takes no inspector, and loads its archive alone', async () => {
    const program = await readFile(join(unpacked, 'longview'));
    const at = program.indexOf(fuseMarker) + fuseMarker.length + 2;
    const fuses = program.subarray(at, at + 8).toString('latin1');
    // Run as Node, encrypted cookies, NODE_OPTIONS, --inspect, integrity, archive only, own snapshot, file: privileges.
    assert.equal(fuses, '01001100');
  });

  test('every package that ships is listed with its licence', async () => {
    const text = await readFile(join(unpacked, 'resources', 'licences.txt'), 'utf8');
    const shipped = shippedPackages();
    const names = shipped.map(({ name }) => name);
    for (const name of ['better-sqlite3', 'onnxruntime-node', 'onnxruntime-common', 'zod', 'svelte', 'long'])
      assert.ok(names.includes(name), name);
    for (const { name, version, licence } of shipped) {
      assert.ok(text.includes(`${name} ${version}\nLicence: ${licence}\n`), name);
      assert.notEqual(licence, 'not stated', name);
    }
  });

  test('its engine runs out of it: looks at footage with the carried ffmpeg, and finds something', async (t) => {
    const app = join(folder, 'extracted');
    extractAll(join(unpacked, 'resources', 'app.asar'), app);
    const footage = await makeFootage(4);
    t.after(() => footage.remove());
    const start: EngineStart = {
      libraryDir: join(folder, 'library'),
      builtinModel: join(unpacked, 'resources', 'models', 'builtin'),
      ffmpegFolder: join(unpacked, 'resources', 'ffmpeg'),
      version: '0.0.0',
      sample: null,
      powerMode: 'full',
    };
    const child = new StandInUtilityProcess(join(app, 'electron', 'engine.mjs'), [JSON.stringify(start)]);
    const exited = once(child, 'exit');
    t.after(() => child.kill());
    const tested: unknown[] = [];
    runProbes(child, join(app, 'electron', 'probe.mjs'), (message) => tested.push(message));
    await once(child, 'message');
    const client = clientOf(child);
    const { checks } = await client.call('doctor', {});
    assert.match(checks.find(({ name }) => name === 'ffmpeg')!.found, /\(application\)/);
    const told = z.array(z.looseObject({ found: z.unknown() }).or(z.looseObject({ failed: z.string() })));
    assert.ok(told.parse(tested).length > 0, 'providers were tested by the packaged self-test');
    const indexed = await client.call('index', { paths: [footage.video] });
    assert.deepEqual(
      indexed.videos.map(({ status }) => status),
      ['indexed'],
    );
    const { moments } = await client.call('find', { query: 'a test card' });
    assert.ok(moments.length > 0);
    child.postMessage({ stop: true });
    assert.deepEqual(await exited, [0]);
  });
});

describe('staging for another platform', { skip: noModel, timeout: 60_000 }, () => {
  test('takes that platform’s libraries alone, and says so where there are none', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'longview-stage-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const at = async (platform: 'win32' | 'darwin', arch: 'x64' | 'arm64') => {
      const { app, resources, lacks } = await stage({
        target: { platform, arch },
        folder: join(folder, platform),
        ffmpeg: null,
      });
      assert.equal((await readWeights(join(resources, 'models', 'screen-text'))).letters.length, 6624);
      assert.match(lacks.join(), /speech can't be heard: sherpa-onnx-(win|darwin)-\w+ is not installed/);
      const files = await readdir(join(app, 'node_modules'), { recursive: true });
      return files.filter((path) => /\.(node|so|dll|dylib)(\.\d+)*$/.test(path)).sort();
    };
    const windows = await at('win32', 'x64');
    assert.ok(
      windows.every((path) => path.includes('win32')) &&
        windows.some((path) => path.endsWith('DirectML.dll')),
    );
    const mac = await at('darwin', 'arm64');
    assert.deepEqual(
      mac.filter((path) => path.endsWith('dylib')).map((path) => path.split('/').at(-1)),
      ['libonnxruntime.1.dylib'],
    );
    await assert.rejects(at('darwin', 'x64'), /no library for darwin x64/);
    await assert.rejects(
      stage({
        target: { platform: 'linux', arch: 'x64' },
        folder: join(folder, 'none'),
        ffmpeg: join(folder, 'nothing'),
      }),
    );
  });
});
