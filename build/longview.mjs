#!/usr/bin/env node
// The package's `longview`: plain JavaScript, so that any Node can start it. It runs the command line on Node 22 (the
// one that lies in node_modules, or the one that started it), with the same arguments, signals and exit code.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './launch.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = findNode();
if (!node) {
  process.stderr.write(
    `longview: Longview needs Node.js 22.18 or newer, and this is ${process.versions.node}. ` +
      'Install Node.js 22, or run "npm run setup" in a checkout of Longview.\n',
  );
  process.exit(1);
}

launch(node, [join(root, 'engine', 'hosts', 'cli.ts'), ...process.argv.slice(2)], {
  ...process.env,
  ORT_DISABLE_TELEMETRY: '1',
});

/** A Node that strips types by itself (22.18 and newer): the running one, or the npm package `node`. */
function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  let folder;
  try {
    folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
  } catch {
    return undefined;
  }
  const carried = join(folder, 'bin', name);
  return existsSync(carried) ? carried : undefined;
}
