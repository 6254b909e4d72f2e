import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { besiege } from '../bench/hostile/requests.ts';
import { servePretence } from './e2e/stage.ts';
import { pretendVideos } from './web/pretend-engine.ts';

test(
  'of 400 hostile requests none is let in and none answered as a mistake',
  { timeout: 120_000 },
  async (t) => {
    const host = await servePretence({ videos: pretendVideos(2) });
    t.after(() => host.close());
    const entered = await fetch(`http://127.0.0.1:${host.port}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: `http://127.0.0.1:${host.port}` },
      body: JSON.stringify({ key: new URL(host.url).hash.slice('#key='.length) }),
    });
    const cookie = entered.headers.get('set-cookie')!.split(';')[0];
    const siege = await besiege({ port: host.port, cookie }, { seed: 7, count: 400 });
    assert.equal(siege.sent, 400);
    assert.deepEqual([siege.letIn, siege.mistakes], [[], []], JSON.stringify(siege.answers));
    assert.equal(existsSync('/tmp/longview-hostile'), false);
    for (const status of ['400', '401', '403', '404', '421'])
      assert.ok(siege.answers[status] > 0, `some are answered ${status}: ${JSON.stringify(siege.answers)}`);
    assert.equal((await fetch(`http://127.0.0.1:${host.port}/`)).status, 200);
  },
);
