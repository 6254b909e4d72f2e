// `npm run check` and `npm test`: everything that CI looks at, each step told with its time.
//   node build/run.mjs build/check.mjs [STEP…]
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './setup.mjs';
import { testFiles } from './test-files.ts';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const steps = {
  format: [bin('prettier'), '--check', '--log-level=warn', '.'],
  types: [bin('tsc'), '-p', '.'],
  lint: [bin('eslint'), '--max-warnings=0', '.'],
  imports: [
    bin('depcruise'),
    '--config',
    '.dependency-cruiser.cjs',
    'engine',
    'demo',
    'build',
    'bench',
    'tests',
    'renderer',
    'electron',
  ],
  'dead code': [bin('knip'), '--no-progress'],
  docs: [process.execPath, 'build/check-docs.ts'],
  house: [process.execPath, 'build/draw-house.ts', '--check'],
  licences: [process.execPath, 'build/check-licences.ts'],
  renderer: [
    bin('svelte-check'),
    '--workspace',
    'renderer',
    '--tsconfig',
    './tsconfig.json',
    '--fail-on-warnings',
  ],
  build: [process.execPath, 'build/renderer.ts', '--if-needed'],
  // Before the tests, some of which need it at the same time.
  shell: [process.execPath, 'build/shell.ts', '--if-needed'],
  browser: [process.execPath, 'build/browser.mjs'],
  tests: [
    process.execPath,
    '--test',
    '--test-reporter=spec',
    '--test-concurrency=2',
    '--test-timeout=420000',
    ...testFiles(),
  ],
};
/** Steps that run only when they are named: they take long, or need the network. */
const byHand = {
  offline: [process.execPath, 'bench/main.ts', 'offline'],
  audit: [process.platform === 'win32' ? 'npm.cmd' : 'npm', 'audit', '--audit-level=high'],
};

/** Runs a step, which ends with us. @returns its exit code */
function runStep(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
  const end = (signal) => {
    child.kill(signal);
    process.exit(143);
  };
  process.once('SIGTERM', end);
  process.once('SIGHUP', end);
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => {
      process.off('SIGTERM', end);
      process.off('SIGHUP', end);
      resolve(code ?? 1);
    });
  });
}

const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!(name in steps || name in byHand)) {
    const names = [...Object.keys(steps), ...Object.keys(byHand)].join(', ');
    process.stderr.write(`There is no step "${name}". Steps: ${names}.\n`);
    process.exit(2);
  }
}
const failed = [];
for (const [name, [command, ...args]] of Object.entries({ ...steps, ...byHand })) {
  if (wanted.length > 0 ? !wanted.includes(name) : name in byHand) continue;
  process.stdout.write(`── ${name}\n`);
  const start = performance.now();
  const status = await runStep(command, args);
  process.stdout.write(
    `   ${status === 0 ? 'ok' : 'FAILED'}, ${((performance.now() - start) / 1000).toFixed(1)} s\n`,
  );
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  process.stdout.write(`Failed: ${failed.join(', ')}.\n`);
  process.exit(1);
}
process.stdout.write('Everything passed.\n');
