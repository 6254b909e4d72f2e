// `npm run format`: writes every file as `npm run check` wants it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './setup.mjs';

process.exit(
  spawnSync(join(root, 'node_modules', '.bin', 'prettier'), ['--write', '.'], { cwd: root, stdio: 'inherit' })
    .status ?? 1,
);
