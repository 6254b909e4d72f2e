// Runs the engine's tests on another version of Node than the one in node_modules: the desktop app's engine runs on
// Electron's. npm's own package of that version is installed in a temporary folder.
//   npm run test:node24        (node build/engine-tests-on.ts 24.22.3 [PATTERN…])
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const [version, ...patterns] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version ?? '')) {
  process.stderr.write('Name an exact version of Node, such as 24.22.3.\n');
  process.exit(2);
}
const systems: Partial<Record<NodeJS.Platform, string>> = { win32: 'win' };
const name = `node-${systems[process.platform] ?? process.platform}-${process.arch}`;
const folder = mkdtempSync(join(tmpdir(), 'longview-node-'));
try {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const install = [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--prefix',
    folder,
    `${name}@${version}`,
  ];
  const installed = spawnSync(npm, install, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (installed.status !== 0) throw new Error(`${name}@${version} could not be installed`);
  const program = process.platform === 'win32' ? 'node.exe' : join('bin', 'node');
  const node = join(folder, 'node_modules', name, program);
  const tests = globSync(patterns.length > 0 ? patterns : 'engine/**/*.test.ts', { cwd: root }).sort();
  // Model tests share the machine's cores among themselves.
  const run = spawnSync(node, ['--test', '--test-concurrency=2', '--test-reporter=dot', ...tests], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
