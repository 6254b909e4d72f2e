// Sees to a Chromium for the browser specs: installs Debian's where it may, and otherwise says that they are left out.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromiumPath as found } from './chromium-path.ts';

if (!found() && existsSync('/etc/debian_version') && process.getuid?.() === 0) {
  process.stdout.write('Installing Debian’s chromium for the browser specs…\n');
  const quiet = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
  };
  spawnSync('apt-get', ['update', '-qq'], quiet);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], quiet);
}
process.stdout.write(
  found()
    ? `Browser specs run in ${found()}.\n`
    : 'There is no Chromium here: the browser specs are left out. Install one, or set CHROMIUM_PATH.\n',
);
