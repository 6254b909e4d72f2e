import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { LongviewError } from '../../protocol/errors.ts';
import { failureSchema, type AskResult, type FindResult } from '../../protocol/results.ts';
import { commands } from './commands/all.ts';
import { runCommand } from './testing/run-command.ts';
import type { CommandEngine } from './command.ts';

const moment = {
  videoId: 'v1',
  path: '/films/park.mp4',
  start: 10,
  end: 15.25,
  score: 2,
  confidence: 0.88,
  source: 'object' as const,
  reason: 'saw dog (0.70)',
};
const found: FindResult = {
  query: 'a dog',
  gamma: 0.75,
  model: 'built-in',
  confident: true,
  moments: [moment],
  latencyMs: 12,
  examined: { videos: 1, seconds: 60 },
  skipped: 0,
  refined: true,
};
const answered: AskResult = {
  question: 'Is there a dog?',
  answer: 'yes',
  gamma: 1.5,
  model: 'built-in',
  cached: false,
  confidence: 0.9,
  confident: true,
  evidence: [{ start: 10, end: 15, score: 0.9, reason: 'dog: saw dog (0.70)' }],
  timing: { prefillMs: 1, decodeMs: 1, tokens: 1, totalMs: 5 },
  videoId: 'v1',
  path: '/films/park.mp4',
  read: { patches: 10, ofPatches: 60 },
};
const video = {
  id: 'v1',
  path: '/films/park.mp4',
  durationSec: 60,
  status: 'indexed' as const,
  patches: 60,
  model: 'built-in',
  addedAt: '2026-01-01T00:00:00.000Z',
};

/** Runs a command line against an engine that answers as told, and notes what it was asked. */
async function longview(
  argv: string[],
  methods: Partial<CommandEngine> = {},
  signal = new AbortController().signal,
) {
  const asked: unknown[] = [];
  const opened: (string | undefined)[] = [];
  let closed = 0;
  const refuse = async (): Promise<never> => {
    throw new Error('not expected');
  };
  const engine: CommandEngine = {
    team: {} as CommandEngine['team'],
    index: refuse,
    library: async () => ({ folder: '/data', videos: [video] }),
    remove: refuse,
    backup: refuse,
    restore: refuse,
    find: async (request) => (asked.push(request), found),
    ask: async (request) => (asked.push(request), answered),
    plan: refuse,
    rerun: refuse,
    limitAnswers: refuse,
    choose: refuse,
    selfTest: refuse,
    selfTested: refuse,
    answers: refuse,
    editAnswer: refuse,
    importModel: refuse,
    verifyModel: refuse,
    vniah: refuse,
    models: async () => ({ models: [] }),
    catalogue: async () => ({ hub: 'https://hub.example', models: [] }),
    removeModel: refuse,
    transcript: refuse,
    correctTranscript: refuse,
    exportTranscript: refuse,
    screenText: refuse,
    folders: refuse,
    addFolder: refuse,
    changeFolder: refuse,
    removeFolder: refuse,
    newFootage: refuse,
    kept: refuse,
    keep: refuse,
    changeKept: refuse,
    forgetKept: refuse,
    editBin: refuse,
    exportMoments: refuse,
    downloadModel: async () => Promise.reject(new Error('nothing to fetch')),
    report: async () => ({ text: '' }),
    doctor: async () => ({
      ok: false,
      checks: [{ name: 'ffmpeg', ok: false, found: 'nothing', remedy: 'Install it.' }],
    }),
    close: async () => void closed++,
    ...methods,
  };
  const ran = await runCommand(argv, engine, {
    commands,
    version: '1.2.3',
    signal,
    open: async (library) => (opened.push(library), engine),
  });
  return { ...ran, asked, opened, closed: () => closed };
}

const oneObject = (stdout: string): unknown => {
  assert.equal(stdout.trim().split('\n').length, 1);
  return JSON.parse(stdout);
};

test('--json prints the result as one object and nothing else', async () => {
  const { exitCode, stdout, stderr, closed } = await longview(['find', 'a dog', '--json']);
  assert.deepEqual([exitCode, oneObject(stdout), stderr, closed()], [0, found, '', 1]);
});

test('find tells moments, how sure it is and why', async () => {
  const { exitCode, stdout } = await longview(['find', 'a dog']);
  assert.equal(exitCode, 0);
  assert.match(stdout, /"a dog" in 1 video, 0:01:00\.0 of footage/);
  assert.match(stdout, /1 {2}park\.mp4 {2}0:00:10\.0 – 0:00:15\.3 +88 % +object +saw dog/);
});

test('filters of find become a request', async () => {
  const line =
    'find x --folder /a --folder=/b --after 2024-01-01 --before 2024-02-01 --min-length 60 --max-length soon --source said --video v1';
  const { asked } = await longview(line.split(' '));
  assert.deepEqual(asked, [
    {
      query: 'x',
      in: ['v1'],
      folders: ['/a', '/b'],
      after: '2024-01-01',
      before: '2024-02-01',
      minSeconds: 60,
      maxSeconds: 'soon',
      sources: ['said'],
      gamma: undefined,
      limit: undefined,
      refine: undefined,
    },
  ]);
});

const nothingElse = { in: undefined, gamma: undefined, limit: undefined, refine: undefined };

test('find takes a picture, or what a video shows at a time, and a part of it', async () => {
  const asked = async (line: string) => (await longview(line.split(' '))).asked[0];
  assert.deepEqual(await asked('find --like /a/b.png'), { ...nothingElse, like: { file: '/a/b.png' } });
  assert.deepEqual(await asked('find night --like film.mp4@1:05.5 --box 0.5,0,0.5,1'), {
    ...nothingElse,
    query: 'night',
    like: { video: 'film.mp4', at: 65.5, box: [0.5, 0, 0.5, 1] },
  });
  for (const line of ['find', 'find x --box 0,0,1,1'])
    assert.equal((await longview(line.split(' '))).exitCode, 2);
});

test('find says what was not searched, and which footage is gone or changed', async () => {
  const moments = [
    { ...moment, footage: 'missing' as const },
    { ...moment, path: '/films/b.mp4', footage: 'changed' as const },
  ];
  const result = { ...found, moments, library: { videos: 10, indexed: 3 } };
  const { stderr } = await longview(['find', 'a dog'], { find: async () => result });
  assert.match(stderr, /3 of 10 videos are indexed/);
  assert.match(stderr, /park\.mp4 isn't where it was: connect the disk/);
  assert.match(stderr, /b\.mp4 has changed since it was indexed: index it again/);
});

for (const [library, skipped, message] of [
  [{ videos: 0, indexed: 0 }, 0, /The library is empty/],
  [{ videos: 4, indexed: 0 }, 0, /No video of the library is indexed yet/],
  [{ videos: 4, indexed: 2 }, 0, /No indexed video fits these filters/],
  [{ videos: 4, indexed: 0 }, 4, /No video here is indexed with this model/],
] as const)
  test(`find that looked at nothing says why: ${String(message)}`, async () => {
    const nothing = { ...found, confident: false, moments: [], examined: { videos: 0, seconds: 0 } };
    const find = async () => ({ ...nothing, library: { ...library }, skipped });
    assert.match((await longview(['find', 'a dog'], { find })).stdout, message);
  });

test('find says plainly that nothing is a confident match', async () => {
  const { stdout } = await longview(['find', 'a zebra'], {
    find: async () => ({ ...found, query: 'a zebra', confident: false }),
  });
  assert.match(stdout, /No confident match for "a zebra" in 1 video.*The nearest:/);
});

test('options become a request; what is no number goes on as it is, for the engine to refuse', async () => {
  const { asked, opened } = await longview([
    'find',
    'a dog',
    '--in',
    'a',
    '--in=b',
    '--gamma',
    '1.25',
    '--limit',
    '3',
    '--quick',
    '--library',
    '/x',
  ]);
  assert.deepEqual(asked, [{ query: 'a dog', in: ['a', 'b'], gamma: 1.25, limit: 3, refine: false }]);
  assert.deepEqual(opened, ['/x']);
  const wrong = await longview(['find', 'a dog', '--gamma', 'fast', '--limit', '']);
  assert.deepEqual(wrong.asked, [
    { query: 'a dog', in: undefined, gamma: 'fast', limit: '', refine: undefined },
  ]);
  assert.deepEqual((await longview(['find', 'x', '--gamma', '-1'])).asked[0], {
    query: 'x',
    in: undefined,
    gamma: -1,
    limit: undefined,
    refine: undefined,
  });
});

test('home and addresses of files are understood where a path stands, and nowhere else', async () => {
  const index = { videos: [], wallSec: 0, realtimeFactor: 0 };
  let paths: string[] = [];
  await longview(['index', '~/films', 'file:///other/a%20b.mp4', 'here', '~'], {
    index: async (request) => ((paths = request.paths), index),
  });
  assert.deepEqual(paths, [join(homedir(), 'films'), '/other/a b.mp4', 'here', homedir()]);
  const words = await longview(['find', '~/not a path', '--in=~/a.mp4']);
  const { query, in: places } = words.asked[0] as { query: string; in: string[] };
  assert.deepEqual([query, places], ['~/not a path', [join(homedir(), 'a.mp4')]]);
});

test('options may stand before the command, and names that begin with a dash after --', async () => {
  assert.deepEqual((await longview(['--library', '/x', '--json', 'find', 'a dog'])).opened, ['/x']);
  const { asked } = await longview(['find', '--', '-dash']);
  assert.equal((asked[0] as { query: string }).query, '-dash');
});

test('ask answers with its evidence, from the whole library where no --in is given', async () => {
  const { stdout, asked } = await longview(['ask', 'Is there a dog?']);
  assert.match(stdout, /^yes\n/);
  assert.match(stdout, /0:00:10\.0 – 0:00:15\.0 +90 % +dog: saw dog/);
  assert.equal((asked[0] as { in?: string[] }).in, undefined);
});

test('an unsure answer is marked as a guess, a cached one as cached', async () => {
  const unsure = await longview(['ask', 'Who?', '--in', 'v1'], {
    ask: async () => ({ ...answered, confident: false, confidence: 0.3 }),
  });
  assert.match(unsure.stdout, /Not sure \(30 %\)/);
  const cached = await longview(['ask', 'Who?', '--in', 'v1'], {
    ask: async () => ({ ...answered, cached: true }),
  });
  assert.match(cached.stdout, /from the answer cache/);
});

test('index fails as a whole when one file failed, and says which and what to do', async () => {
  const error = { code: 'not-a-video' as const, message: '/a.txt is not a video.', remedy: 'Leave it out.' };
  const index = async () => ({
    videos: [
      { id: 'v1', path: '/a.mp4', durationSec: 60, status: 'indexed' as const, patches: 60 },
      { id: null, path: '/a.txt', durationSec: null, status: 'failed' as const, patches: 0, error },
    ],
    wallSec: 6,
    realtimeFactor: 10,
  });
  const { exitCode, stdout, stderr } = await longview(['index', '/a.mp4', '/a.txt'], { index });
  assert.equal(exitCode, 1);
  assert.match(stdout, /1 video indexed in 6\.0 s, 10\.0 times real time/);
  assert.match(stderr, /\/a\.txt is not a video\. Leave it out\./);
  const json = await longview(['index', '/a.mp4', '/a.txt', '--json'], { index });
  assert.deepEqual([json.exitCode, oneObject(json.stdout), json.stderr], [1, await index(), '']);
});

test('library, models and doctor print what there is', async () => {
  assert.match((await longview(['library'])).stdout, /v1 +\/films\/park\.mp4 +0:01:00\.0 +60 +indexed/);
  assert.match(
    (await longview(['library'], { library: async () => ({ folder: '/data', videos: [] }) })).stdout,
    /\/data is empty/,
  );
  const doctor = await longview(['doctor']);
  assert.deepEqual([doctor.exitCode, doctor.stdout], [1, '✗ ffmpeg: nothing\n  Install it.\n']);
});

const model = {
  id: 'tiny',
  name: 'Tiny',
  architecture: 'qwen2-vl',
  precision: 'int8',
  positionVariant: 'hope' as const,
  trainedGammas: [],
  can: ['read' as const],
  bytes: 2_400_000,
  licence: 'unknown',
  provenance: 'made',
  folder: '/data/models/tiny',
  builtin: false,
  active: true,
};

test('models lists the bundles with what each can do', async () => {
  const { stdout } = await longview(['models'], { models: async () => ({ models: [model] }) });
  assert.match(stdout, /tiny \* +qwen2-vl +hope +read +2\.4 MB +unknown +made/);
});

test('models import hands over what was said, and tells what nobody said', async () => {
  const requests: unknown[] = [];
  const importModel = async (request: unknown) => (requests.push(request), { model, note: 'Nobody said.' });
  const { exitCode, stdout } = await longview(
    ['models', 'import', '/x', '--precision', 'int8', '--id', 'tiny'],
    { importModel },
  );
  assert.equal(exitCode, 0);
  assert.deepEqual(requests, [{ folder: '/x', precision: 'int8', positions: undefined, id: 'tiny' }]);
  assert.equal(stdout, 'Imported tiny: read, 2.4 MB, hope positions.\nNobody said.\n');
});

test('models download lists the catalogue, and fetches what is named', async () => {
  const entry = {
    name: 'somebody/reader',
    title: 'Reader',
    can: ['read' as const],
    licence: 'MIT',
    aboutBytes: 4_400_000_000,
    haveBytes: 1_000_000,
    id: 'tiny',
    installed: false,
  };
  const engine = {
    catalogue: async () => ({ hub: 'https://hub.example', models: [entry] }),
    downloadModel: async ({ name }: { name: string }) => {
      assert.equal(name, 'somebody/reader');
      return { model };
    },
  };
  const listed = await longview(['models', 'download'], engine);
  assert.match(listed.stdout, /somebody\/reader +read +4\.4 GB +MIT +1\.0 MB here already/);
  const fetched = await longview(['models', 'download', 'somebody/reader'], engine);
  assert.match(fetched.stdout, /Fetched and converted tiny: read/);
});

test('models verify prints every case with the worst, and fails where one is off', async () => {
  const one = {
    pixels: 0,
    vision: 1e-4,
    positions: 0,
    logits: 0.5,
    argmaxAgreement: 0.5,
    generatedEqual: false,
  };
  const verifyModel = async () => ({
    bundle: 'tiny',
    provider: 'cpu',
    precision: 'fp32',
    cases: [{ name: 'video.hope', ...one }],
    worst: { ...one, vision: null },
    ok: false,
  });
  const { exitCode, stdout } = await longview(['models', 'verify', 'tiny', '/fixtures'], { verifyModel });
  assert.equal(exitCode, 1);
  assert.match(stdout, /video\.hope +0\.0e\+0 +1\.0e-4 +0\.0e\+0 +5\.0e-1 +50\.0 % +differs/);
  assert.match(stdout, /worst +0\.0e\+0 +∞/);
  assert.match(stdout, /It is not the same model \(tiny, fp32, on cpu\)/);
});

test('a failure is told with its remedy: people on stderr, programs on stdout', async () => {
  const library = async () => {
    throw new LongviewError(
      'library-too-new',
      'The library was written by a newer Longview',
      'Update Longview.',
    );
  };
  const human = await longview(['library'], { library });
  assert.deepEqual([human.exitCode, human.stdout], [1, '']);
  assert.equal(human.stderr, 'longview: The library was written by a newer Longview. Update Longview.\n');
  const json = await longview(['library', '--json'], { library });
  assert.deepEqual([json.exitCode, json.stderr, json.closed()], [1, '', 1]);
  assert.equal(failureSchema.parse(oneObject(json.stdout)).error.code, 'library-too-new');
});

test('a bug is told as a bug', async () => {
  const { exitCode, stdout } = await longview(['remove', 'v1', '--json']);
  assert.equal(exitCode, 1);
  assert.equal(failureSchema.parse(oneObject(stdout)).error.code, 'internal');
});

test('a cancelled command exits with 130', async () => {
  const controller = new AbortController();
  const find = async () => {
    controller.abort();
    throw new LongviewError('cancelled', 'The operation was cancelled.', 'Start it again when you like.');
  };
  assert.equal((await longview(['find', 'x'], { find }, controller.signal)).exitCode, 130);
});

for (const [argv, said] of [
  [[], /usage: longview/],
  [['fnid', 'x'], /no command "fnid"\. Did you mean "longview find"/],
  [['find'], /find needs the words/],
  [['find', 'a', 'dog'], /"dog".*quotes/],
  [['find', 'x', '--gama', '1'], /no option "--gama"\. Did you mean --gamma/],
  [['find', 'x', '--gamma'], /--gamma needs a value/],
  [['find', 'x', '--gamma', '--quick'], /--gamma needs a value/],
  [['find', 'x', '--quick=yes'], /--quick takes no value/],
  [['library', 'x'], /"x"/],
  [['index'], /at least one file or folder/],
  [['models', 'improt'], /models doesn't know "improt"\. Did you mean "longview models import"/],
  [['models', 'import'], /needs exactly 1 word/],
  [['models', '--id', 'x'], /models takes no --id/],
  [['--wat'], /no option "--wat"/],
  [['help', 'fnid'], /Did you mean "longview find"/],
] as const)
  test(`wrong usage ${JSON.stringify(argv)} exits with 2 and says what is meant`, async () => {
    const { exitCode, stdout, stderr, opened } = await longview([...argv]);
    assert.deepEqual([exitCode, opened], [2, []]);
    assert.match(stdout + stderr, said);
    if (argv.length > 0) {
      const json = await longview([...argv.slice(0, 1), '--json', ...argv.slice(1)]);
      assert.equal(json.exitCode, 2);
      assert.equal(failureSchema.parse(oneObject(json.stdout)).error.code, 'bad-argument');
    }
  });

for (const command of commands)
  test(`help ${command.name} names every option, with what stands for its value`, async () => {
    const { stdout } = await longview(['help', command.name]);
    const [, usage, list] = /usage: ([\s\S]*?)\n\n([\s\S]*)/.exec(stdout) ?? [];
    for (const [name, { type }] of Object.entries(command.options)) {
      const value = type === 'string' ? /^(<.*>|"<.*>")$/ : /^$/;
      assert.match(command.optionValues[name] ?? '', value, name);
      const label = `--${name} ${command.optionValues[name] ?? ''}`.trimEnd();
      assert.ok(list.includes(`  ${label}  `), `${label} is not explained`);
      assert.match(usage, new RegExp(`--${name}(?![\\w-])`));
    }
    assert.deepEqual(Object.keys(command.optionHelp).sort(), Object.keys(command.options).sort());
    for (const line of usage.split('\n')) assert.ok(line.length <= 80, line);
  });

test('what --in is called stands in the help of find, and so does what it takes', async () => {
  const { stdout } = await longview(['find', '--help']);
  assert.match(stdout, /--in <video\|folder> {2,}only this video/);
  assert.match(stdout, /\[--in <video\|folder>\]…/);
  assert.match((await longview(['find', 'x', '--in'])).stderr, /Write --in <video\|folder>/);
});

test('find takes --video, as --in was called once, before -- only', async () => {
  const { asked } = await longview(['find', '--video=v1', '--in', '/films', '--', '--video']);
  assert.deepEqual((asked[0] as { in: string[] }).in, ['v1', '/films']);
  assert.equal((asked[0] as { query: string }).query, '--video');
});

test('help and version need no engine', async () => {
  assert.match((await longview(['help'])).stdout, /usage: longview <command>/);
  assert.match((await longview(['find', '--help'])).stdout, /usage: longview find "<words>"/);
  assert.match((await longview(['help', 'ask'])).stdout, /--fresh/);
  assert.deepEqual(
    [(await longview(['version'])).stdout, (await longview(['--version'])).exitCode],
    ['1.2.3\n', 0],
  );
});
