import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureTime } from './picture-time.ts';

test('a moment is shown by a still of its own, wherever there is one', () => {
  const shownBy = (start: number, end: number) => Math.floor(pictureTime(start, end) / 5) * 5;
  for (let start = 0; start < 20; start += 0.5)
    for (let end = start + 0.5; end < start + 40; end += 0.5) {
      const own = Math.ceil(start / 5) * 5 < end;
      const still = shownBy(start, end);
      assert.ok(!own || (still >= start && still < end), `${start} to ${end}: ${still}`);
    }
  assert.equal(shownBy(0, 60), 30);
});
