import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hubUrl, listed, rootsIn } from './hub-options.ts';
import { UsageError } from './usage.ts';

test('a root is a name and a folder, on any system', () => {
  assert.deepEqual(rootsIn(['footage=/mnt/a=b', 'ci=Z:\\', 'nas=\\\\server\\share']), {
    ...{ footage: '/mnt/a=b', ci: 'Z:\\', nas: '\\\\server\\share' },
  });
  assert.deepEqual(rootsIn(undefined), {});
  for (const wrong of ['footage', 'z=/mnt', 'Footage=/mnt', 'a b=/mnt', 'footage=mnt', '=/mnt', 'footage='])
    assert.throws(() => rootsIn([wrong]), UsageError, wrong);
});

test('the hub is given in the command, or by the environment', () => {
  const before = process.env.LONGVIEW_HUB;
  delete process.env.LONGVIEW_HUB;
  assert.throws(() => hubUrl(undefined), UsageError);
  process.env.LONGVIEW_HUB = 'postgres://there/hub';
  assert.equal(hubUrl(undefined), 'postgres://there/hub');
  assert.equal(hubUrl('postgres://here/hub'), 'postgres://here/hub');
  if (before === undefined) delete process.env.LONGVIEW_HUB;
  else process.env.LONGVIEW_HUB = before;
  assert.deepEqual(listed('pictures, speech'), ['pictures', 'speech']);
});
