import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { createEngine } from '../engine/engine.ts';
import { temporaryFolder } from './fixtures/library.ts';

test('an engine that uses no hub loads no PostgreSQL', async (t) => {
  const engine = createEngine({ libraryDir: join(temporaryFolder(t), 'library') });
  await engine.library();
  await assert.rejects(engine.team.init({ url: 'http://nowhere' }), { code: 'bad-argument' });
  await engine.close();
  const script = `
    const { createEngine } = await import(${JSON.stringify(join(import.meta.dirname, '../engine/engine.ts'))});
    const engine = createEngine({ libraryDir: ${JSON.stringify(join(temporaryFolder(t), 'other'))} });
    await engine.library();
    await engine.close();
    const { createRequire } = await import('node:module');
    process.stdout.write(Object.keys(createRequire(${JSON.stringify(import.meta.filename)}).cache).join('\\n'));`;
  const loaded = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.ok(loaded.includes('better-sqlite3'), 'what is loaded is told');
  assert.ok(!/node_modules.(?:pg|kysely)\b/u.test(loaded), loaded);
});
