import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { runCommand } from '../testing/run-command.ts';
import { askCommand } from './ask.ts';
import { historyCommand } from './history.ts';
import { selftestCommand } from './selftest.ts';
import type { PlanResult, SelfTestResult } from '../../../protocol/asking.ts';
import type { AskResult } from '../../../protocol/results.ts';
import type { CommandEngine } from '../command.ts';

const timing = { prefillMs: 1, decodeMs: 1, tokens: 1, totalMs: 5 };
const proof = (start: number, supported: boolean, path = '/films/park.mp4') => ({
  videoId: path,
  path,
  start,
  end: start + 4,
  score: supported ? 0.9 : 0.2,
  reason: 'dog: saw a dog',
  supported,
});
const answered: AskResult = {
  question: 'Is there a dog?',
  answer: 'yes',
  gamma: 1.5,
  model: 'made',
  cached: false,
  confidence: 0.9,
  confident: true,
  evidence: [proof(10, true)],
  timing,
  videoId: 'v1',
  path: '/films/park.mp4',
  read: { patches: 10, ofPatches: 60 },
};
const runOf = (gamma: number, answer: string) => ({
  gamma,
  answer,
  confidence: 0.8,
  confident: true,
  evidence: [proof(10, true)],
  statements: [],
  timing,
});
const planned: PlanResult = {
  question: 'Is there a dog?',
  cached: false,
  gammas: [1.5],
  videos: 2,
  ofVideos: 7,
  seconds: 3600,
  frames: 44,
  patches: 22,
  passes: 4,
  promptTokens: 120,
  newTokens: 9,
  expectedSec: 1.25,
  speed: { promptTokensPerSec: 100, newTokensPerSec: 50 },
  trusted: { patches: 22, source: 'self-test' },
  model: 'made',
};
const tested: SelfTestResult = {
  videoId: 'v1',
  path: '/films/park.mp4',
  model: 'made',
  gamma: 1.5,
  lengths: [
    {
      patches: 11,
      tokens: 12,
      right: 8,
      asked: 8,
      depths: [{ depth: 0.5, right: 8, asked: 8 }],
      seconds: 0.1,
    },
    {
      patches: 44,
      tokens: 45,
      right: 2,
      asked: 8,
      depths: [{ depth: 0.5, right: 2, asked: 8 }],
      seconds: 0.2,
    },
  ],
  chance: 0.25,
  needed: 0.8,
  safePatches: 11,
  trainedPatches: 22,
  wallSec: 3,
};
const entry = { number: 7, result: answered, createdAt: '2026-01-02T03:04:05.000Z', pinned: true };

async function longview(argv: string[], methods: Partial<CommandEngine> = {}) {
  const asked: unknown[] = [];
  const note =
    <T>(result: T) =>
    async (request: unknown) => (asked.push(request), result);
  const engine = {
    library: async () => ({ folder: '/data', videos: [{ id: 'v1' }] }),
    ask: note(answered),
    plan: note(planned),
    rerun: note(answered),
    answers: note({ answers: [entry], bytes: 900, limitBytes: 32e6 }),
    editAnswer: note({ answers: [] }),
    limitAnswers: note({ bytes: 500, limitBytes: 1e6, removed: 3 }),
    selfTest: note(tested),
    close: async () => undefined,
    ...methods,
  };
  const ran = await runCommand(argv, engine, { commands: [askCommand, historyCommand, selftestCommand] });
  return { ...ran, asked };
}

suite('ask', () => {
  test('takes several places, gammas and modes', async () => {
    const { asked } = await longview([
      'ask',
      'Who?',
      '--in',
      'a',
      '--in',
      '/films',
      '--gamma',
      'auto',
      '--gammas',
      '0.5,1',
    ]);
    assert.deepEqual(asked, [
      {
        question: 'Who?',
        in: ['a', '/films'],
        gamma: 'auto',
        gammas: [0.5, 1],
        fresh: undefined,
        model: undefined,
      },
    ]);
    const wrong = (await longview(['ask', 'Who?', '--gamma', 'fast'])).asked[0];
    // The engine's message quotes it.
    assert.equal((wrong as { gamma: unknown }).gamma, 'fast');
  });

  test('compare shows the answers side by side', async () => {
    const result = {
      ...answered,
      runs: [runOf(0.75, 'a dog'), runOf(1.5, 'a cat')],
      agreement: 0.5,
      request: { gamma: 'compare' as const },
    };
    const { stdout } = await longview(['ask', 'Who?', '--gamma', 'compare'], { ask: async () => result });
    assert.match(stdout, /0\.75 {2}a dog +80 %/);
    assert.match(stdout, /1\.5 {2}a cat +80 %/);
    assert.match(stdout, /50 % of 2 gammas agree/);
  });

  test('marks what is not supported, and says which video each moment is in', async () => {
    const result = {
      ...answered,
      evidence: [proof(10, true), proof(20, false, '/films/sea.mp4')],
      statements: [
        { text: 'dog', supported: true, score: 0.9, evidence: [0] },
        { text: 'whale', supported: false, score: 0.2, evidence: [1] },
      ],
    };
    const { stdout } = await longview(['ask', 'Who?'], { ask: async () => result });
    assert.match(stdout, /park\.mp4 +0:00:10\.0/);
    assert.match(stdout, /sea\.mp4 +0:00:20\.0.*unsupported/);
    assert.match(stdout, /^unsupported: whale$/m);
  });

  test('says what footage is gone, beside the answer', async () => {
    const notices = [{ code: 'video-missing' as const, message: 'It is gone.', remedy: 'Index it again.' }];
    const { stdout, stderr } = await longview(['ask', 'Who?'], {
      ask: async () => ({ ...answered, notices }),
    });
    assert.match(stdout, /^yes$/m);
    assert.match(stderr, /It is gone\. Index it again\./);
  });

  test('--plan tells what it would cost and asks nothing', async () => {
    const { stdout } = await longview(['ask', 'Who?', '--plan'], {
      ask: () => assert.fail('nothing is to be asked'),
    });
    assert.match(stdout, /2 of 7 videos, 1:00:00\.0 of footage/);
    assert.match(stdout, /44 frames in 22 temporal patches/);
    assert.match(stdout, /asked 4 times, 120 tokens to read, at most 9 to write/);
    assert.match(stdout, /about 1\.3 s/);
    const { stdout: first } = await longview(['ask', 'Who?', '--plan'], {
      plan: async () => ({ ...planned, expectedSec: null }),
    });
    assert.match(first, /not known yet/);
    assert.deepEqual(JSON.parse((await longview(['ask', 'Who?', '--plan', '--json'])).stdout), planned);
  });
});

suite('history', () => {
  test('lists the answers with their numbers', async () => {
    const { stdout, asked } = await longview(['history', 'v1']);
    assert.match(stdout, /7 {2}pinned {2}2026-01-02 03:04 {2}park\.mp4 +1\.5 +Is there a dog\? +yes/);
    assert.match(stdout, /1 answer; all take 900 B of 32/);
    assert.deepEqual(asked, [{ video: 'v1' }]);
  });

  test('pins, unpins, deletes, asks again and limits', async () => {
    const asked = async (...argv: string[]) => (await longview(['history', ...argv])).asked;
    assert.deepEqual(await asked('--pin', '7'), [{ number: 7, change: 'pin' }]);
    assert.deepEqual(await asked('--unpin', '7'), [{ number: 7, change: 'unpin' }]);
    assert.deepEqual(await asked('--delete', '7'), [{ number: 7, change: 'remove' }]);
    assert.deepEqual(await asked('--rerun', '7'), [{ number: 7 }]);
    assert.deepEqual(await asked('--limit', '1.5'), [{ bytes: 1_500_000 }]);
    assert.match((await longview(['history', '--limit', '1'])).stdout, /500 B of 1.*3 answers removed/);
    assert.match((await longview(['history', '--rerun', '7'])).stdout, /^yes$/m);
  });

  test('does one thing at a time', async () => {
    const { exitCode, stderr } = await longview(['history', '--pin', '1', '--delete', '2']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /--pin and --delete/);
  });
});

suite('selftest', () => {
  test('prints the lengths and the effective context length', async () => {
    const { stdout, asked } = await longview([
      'selftest',
      '--lengths',
      '11,44',
      '--needle-count',
      '4',
      '--model',
      'mine',
    ]);
    assert.deepEqual(asked, [{ in: 'v1', model: 'mine', lengths: [11, 44], needles: 4, gamma: undefined }]);
    assert.match(stdout, /11 +12 +100 %/);
    assert.match(stdout, /44\* +45 +25 %/);
    assert.match(stdout, /Effective context length: 11 temporal patches \(80 % or more correct\)/);
    // What this option was called once goes on working.
    assert.deepEqual((await longview(['selftest', '--needles=4'])).asked, [
      { in: 'v1', model: undefined, lengths: undefined, needles: 4, gamma: undefined },
    ]);
    const none = await longview(['selftest', '--in', 'v1'], {
      selfTest: async () => ({ ...tested, safePatches: null }),
    });
    assert.match(none.stdout, /No length reaches 80 %: ask keeps to the trained 22 temporal patches/);
  });

  test('asks which video is meant where the library holds several, or none', async () => {
    const library = (count: number) => ({
      library: async () => ({ folder: '/data', videos: Array.from({ length: count }, () => ({})) }) as never,
    });
    const several = await longview(['selftest'], library(2));
    assert.deepEqual([several.exitCode, several.asked], [2, []]);
    assert.match(several.stderr, /Several videos are in the library; choose one with --in\./);
    const none = await longview(['selftest'], library(0));
    assert.match(none.stderr, /The library is empty\. Add a video/);
  });
});
