import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorCodes } from '../../../engine/protocol/errors.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';
import { zhErrors } from './zh-errors.ts';

const samples: Record<string, unknown[]> = {
  'results.none': ['a zebra'],
  'results.label': ['a zebra'],
  'remove.title': ['a.mp4'],
  'tile.more': ['a.mp4'],
  'player.missing': ['a.mp4'],
  'player.missing.text': ['/a.mp4'],
  'player.unplayable.text': ['hevc'],
  'timeline.value': ['0:01', '1:00'],
  'settings.version': ['1.0.0'],
  'player.converted.tip': ['hevc'],
  'relink.title': ['a.mp4'],
  'model.remove.title': ['Model'],
  'catalogue.text': ['hub.example'],
  'catalogue.about': ['4 GB'],
  'catalogue.have': ['1 GB'],
  'history.size': ['1 MB'],
  'ask.agreement': ['80%'],
  'add.dropped': ['a.mp4', 2],
  'ask.scales.same': ['0.75×'],
  'remove.done': ['a.mp4'],
  'why.thing': [{ label: 'car', colours: ['red'], heading: 'left' }],
  'export.done': [2, '/a.edl'],
  'export.downloaded': [2, 'a.edl'],
};

test('both languages have every message', () => {
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
});

test('a message that takes values takes them in both languages, and says something', () => {
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    assert.equal(typeof zh[key], typeof en[key], key);
    const spoken = [en[key], zh[key]].map((message) =>
      typeof message === 'string'
        ? message
        : (message as (...values: unknown[]) => string)(...(samples[key] ?? [2, 3, 4, 5])),
    );
    for (const text of spoken) {
      assert.ok(text.trim() !== '', key);
      assert.doesNotMatch(text, /undefined|NaN|\[object/, key);
    }
  }
});

test('every Chinese message is Chinese', () => {
  const same = ['settings.version'];
  for (const [key, message] of Object.entries(zh)) {
    if (typeof message === 'string' && !same.includes(key)) assert.match(message, /\p{sc=Han}/u, key);
  }
});

test('every error code has a Chinese sentence', () => {
  for (const code of errorCodes) assert.match(zhErrors[code]?.message ?? '', /\p{sc=Han}/u, code);
});

test('one and many are told apart in English', () => {
  assert.equal(en['results.count'](1), '1 moment');
  assert.equal(en['results.count'](2), '2 moments');
  assert.equal(en['library.summary'](10_000, 7_200), '10,000 videos · 2 h');
});
