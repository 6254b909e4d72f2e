// `npm run e2e:electron`: the specs of the window on the real engine, in the real Electron.
//   node build/e2e-electron.ts
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { electronProgram, noWindow } from './electron-program.ts';
import { buildRenderer, rendererBuilt } from './renderer.ts';
import { buildShell, shellBuilt } from './shell.ts';

const root = dirname(import.meta.dirname);
const say = (text: string) => process.stderr.write(`${text}\n`);
const obstacle = noWindow(process.platform, process.env, process.getuid?.());
const electron = obstacle === undefined ? electronProgram(say) : { missing: obstacle };
if ('missing' in electron) {
  say(
    `Nothing was run: ${electron.missing}. The same shell runs against a stand-in for Electron in "npm test".`,
  );
  process.exit(1);
}
if (!rendererBuilt()) await buildRenderer();
if (!shellBuilt()) await buildShell();
const specs = join(root, 'tests', 'e2e', 'real.test.ts');
const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', specs], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, LONGVIEW_ELECTRON: electron.program },
});
process.exit(status ?? 1);
