import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';

const root = join(import.meta.dirname, '..');

/** Imports that the house refuses, each planted alone in an otherwise empty house. */
const refused = [
  ['engine/search/planted.ts', 'engine/services/a.ts'],
  ['engine/inference/planted.ts', 'engine/services/a.ts'],
  ['engine/library/planted.ts', 'engine/needle/a.ts'],
  ['engine/search/planted.ts', 'engine/convert/a.ts'],
  ['engine/services/planted.ts', 'engine/hosts/a.ts'],
  ['renderer/src/planted.ts', 'engine/hosts/web/a.ts'],
  ['engine/search/planted.ts', 'bench/a.ts'],
  ['engine/search/planted.ts', 'engine/answering/a.ts'],
  ['engine/search/index.ts', 'engine/answering/a.ts'],
  ['engine/search/planted.test.ts', 'engine/services/a.ts'],
  ['engine/vision/planted.ts', 'engine/media/a.ts'],
  ['engine/hope/planted.ts', 'engine/core/a.ts'],
  ['engine/hosts/cli/planted.ts', 'engine/services/a.ts'],
  ['engine/hosts/cli/planted.ts', 'engine/library/a.ts'],
  ['engine/cellar/planted.ts', 'engine/core/a.ts'],
  ['engine/media/planted.ts', 'demo/a.ts'],
  ['engine/media/planted.ts', 'tests/a.ts'],
  ['electron/planted.ts', 'engine/engine.ts'],
] as const;

const allowed = [
  ['engine/search/planted.ts', 'engine/library/a.ts'],
  ['engine/answering/planted.ts', 'engine/search/a.ts'],
  ['engine/services/planted.ts', 'engine/answering/a.ts'],
  ['renderer/src/planted.ts', 'engine/protocol/a.ts'],
  ['engine/media/planted.test.ts', 'tests/a.ts'],
  ['bench/planted.ts', 'engine/library/a.ts'],
] as const;

describe('the house refuses imports against its arrows', () => {
  let house: string;
  before(() => {
    house = mkdtempSync(join(tmpdir(), 'longview-house-'));
    for (const name of ['.dependency-cruiser.cjs', 'build/rooms.cjs', 'tsconfig.json', 'package.json']) {
      mkdirSync(dirname(join(house, name)), { recursive: true });
      writeFileSync(join(house, name), readFileSync(join(root, name)));
    }
    symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'), 'junction');
    for (const [index, [from, to]] of [...refused, ...allowed].entries()) {
      plant(to, 'export const a = 1;\n');
      // Each in a file of its own, so that each is seen for itself.
      const file = planted(from, index);
      const up = '../'.repeat(dirname(file).split('/').length);
      plant(file, `import { a } from '${up}${to}';\nexport const b = a;\n`);
    }
  });
  after(() => rmSync(house, { recursive: true, force: true }));

  const plant = (file: string, text: string) => {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), text);
  };
  const planted = (file: string, index: number) =>
    file.replace(/(planted|index)(?=[.])/, (name) => `${name}${index}`);

  it('and lets the others pass', () => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
        '--config',
        '.dependency-cruiser.cjs',
        '--output-type',
        'json',
        'engine',
        'bench',
        'renderer',
        'electron',
        'demo',
        'tests',
      ],
      { cwd: house, encoding: 'utf8' },
    );
    assert.ok(stdout.startsWith('{'), stderr);
    const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string }[] } };
    const found = new Set(summary.violations.map(({ from }) => from));
    for (const [index, [from, to]] of refused.entries())
      assert.ok(found.has(planted(from, index)), `${from} -> ${to} was let in`);
    for (const [index, [from, to]] of allowed.entries())
      assert.ok(!found.has(planted(from, refused.length + index)), `${from} -> ${to} was refused`);
  });

  it('and ARCHITECTURE.md shows the arrows as they are', () => {
    const { status, stderr } = spawnSync(process.execPath, ['build/draw-house.ts', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  });
});
