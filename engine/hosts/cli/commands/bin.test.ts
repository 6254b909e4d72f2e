import assert from 'node:assert/strict';
import { test } from 'node:test';
import { madeKeeping } from '../../../../tests/fixtures/made-keeping.ts';
import { keeping } from '../../../services/keeping.ts';
import type { ExportMomentsRequest, ExportPlace } from '../../../protocol/window.ts';
import { runCommand } from '../testing/run-command.ts';
import { binCommand } from './bin.ts';

/** The command on a library with one film. */
function library() {
  const film = { id: 'v1', contentHash: 'c1', path: '/films/park.mp4' };
  const store = madeKeeping();
  const exported: { request: ExportMomentsRequest; place: ExportPlace | undefined }[] = [];
  const engine = {
    close: async () => undefined,
    ...keeping({
      store: () => ({ ...store, videoByContent: () => film }),
      video: async () => film,
    }),
    exportMoments: async (request: ExportMomentsRequest, options: { place?: ExportPlace }) => {
      exported.push({ request, place: options.place });
      return { name: '', out: '/out/a.edl', text: null, moments: 1, notes: [], skipped: [] };
    },
  };
  const bin = (...args: string[]) => runCommand(['bin', ...args], engine, { commands: [binCommand] });
  return { bin, exported };
}

test('a moment is kept in a bin, listed, and the bin renamed and deleted', async () => {
  const { bin } = library();
  assert.match((await bin()).stdout, /No bins yet/);
  const added = await bin('Zoo', '--add', 'v1', '--start', '10', '--end', '12.5', '--note', 'the lion');
  assert.deepEqual([added.exitCode, added.stdout], [0, '0:00:10.0 – 0:00:12.5 is kept in "Zoo".\n']);
  assert.match((await bin()).stdout, /Zoo +1/);
  assert.match((await bin('zoo')).stdout, /0:00:10\.0 – 0:00:12\.5 +\/films\/park\.mp4 +the lion/);
  await bin('Zoo', '--rename', 'Animals');
  const { bins } = JSON.parse((await bin('--json')).stdout) as { bins: { name: string }[] };
  assert.deepEqual(
    bins.map(({ name }) => name),
    ['Animals'],
  );
  await bin('Animals', '--delete');
  const left = JSON.parse((await bin('--json')).stdout) as { bins: unknown[]; moments: unknown[] };
  assert.deepEqual([left.bins.length, left.moments.length], [0, 1], 'what has a note stays');
});

test('a bin is exported to a file, which is replaced only where that is said', async () => {
  const { bin, exported } = library();
  await bin('Zoo', '--add', 'v1', '--start', '10', '--end', '12');
  assert.equal((await bin('Zoo', '--out', '/out/a.edl')).exitCode, 0);
  await bin('Zoo', '--out', '/out/clips', '--format', 'clips');
  assert.deepEqual(
    exported.map(({ request, place }) => [request.format, request.moments.length, place]),
    [
      ['edl', 1, { file: '/out/a.edl', overwrite: false }],
      ['clips', 1, { folder: '/out/clips' }],
    ],
  );
});

test('what is wrong is told: no bin of that name, two things at once, a moment without its times', async () => {
  const { bin } = library();
  for (const [args, expected] of [
    [['Nothing'], /the bin must be one of/],
    [['Zoo', '--delete', '--rename', 'x'], /one of --rename and --delete/],
    [['Zoo', '--add', 'v1', '--start', '3'], /--add needs --start and --end/],
    [['--delete'], /--delete needs the name of a bin/],
    [['Zoo', '--add', 'v1', '--start', '9', '--end', 'soon'], /end/],
  ] as const) {
    const { exitCode, stderr } = await bin(...args);
    assert.notEqual(exitCode, 0, args.join(' '));
    assert.match(stderr, expected);
  }
});
