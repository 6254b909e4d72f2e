import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Why there can be no small disk here; false where there can. */
export const noSmallDisk: string | false =
  process.platform === 'linux' && process.getuid?.() === 0 && mounts()
    ? false
    : 'a small file system takes Linux and the right to mount one';

function mounts(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'longview-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A disk of so many bytes, and what fills it to its last byte. */
export function smallDisk(t: TestContext, bytes: number): { folder: string; fill: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'longview-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'none', folder]);
  t.after(() => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  let files = 0;
  const fill = () => {
    const file = openSync(join(folder, `filling-${files++}`), 'w');
    try {
      for (const block of [65536, 4096, 1])
        try {
          for (;;) writeSync(file, Buffer.alloc(block, 1));
        } catch {
          // Full; smaller blocks may fit yet.
        }
    } finally {
      closeSync(file);
    }
    if (statfsSync(folder).bavail > 0) throw new Error('the disk is not full');
  };
  return { folder, fill };
}
