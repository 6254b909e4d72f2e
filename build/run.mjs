// Every npm script starts here, on whatever Node the machine has: makes sure that set-up is done, then runs the
// given script on the Node 22 that lives in node_modules, with the same arguments, signals and exit code.
//   node build/run.mjs SCRIPT [argument…]
import { delimiter, dirname, resolve } from 'node:path';
import { launch, whenNpmEnds } from './launch.mjs';
import { nodeBinary, root, setUp } from './setup.mjs';

const [script, ...args] = process.argv.slice(2);
if (!script) {
  process.stderr.write('usage: node build/run.mjs SCRIPT [argument…]\n');
  process.exit(2);
}
if (!(await setUp())) process.exit(1);

const node = nodeBinary();
const env = {
  ...process.env,
  PATH: dirname(node) + delimiter + (process.env.PATH ?? ''),
  // engine/onnxruntime says it too; this reaches programs that others start below us.
  ORT_DISABLE_TELEMETRY: '1',
};
const child = launch(node, [resolve(root, script), ...args], env);
whenNpmEnds(() => child.kill('SIGTERM'));
