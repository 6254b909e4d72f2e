import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { it } from 'node:test';
import { z } from 'zod';

/** SwiftShader, a Vulkan driver in software; Debian's chromium package brings it. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';

const foundSchema = z.strictObject({
  selfTest: z.object({ worst: z.number(), speedup: z.number(), mostTokens: z.number().optional() }),
  provider: z.string(),
  chunks: z.number(),
  reused: z.number(),
  sameTokens: z.boolean(),
  worstLogProbability: z.number(),
});

it(
  'on WebGPU a tiny model reads in chunks and answers as on the CPU',
  { skip: existsSync(driver) ? false : `no ${driver} (Debian's chromium package)` },
  () => {
    // The driver is chosen when the runtime is loaded, so it runs in a process of its own.
    const child = fileURLToPath(new URL('support/webgpu-child.ts', import.meta.url));
    const { stdout, stderr, status } = spawnSync(process.execPath, [child], {
      env: { ...process.env, VK_DRIVER_FILES: driver },
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    const found = foundSchema.parse(JSON.parse(stdout));
    assert.ok(found.selfTest.worst <= 1e-3, `self-test off by ${found.selfTest.worst}`);
    assert.equal(found.provider, 'webgpu');
    assert.ok(found.chunks > 1);
    assert.ok(found.reused > 0);
    assert.ok(found.sameTokens);
    assert.ok(found.worstLogProbability <= 1e-3, `off by ${found.worstLogProbability}`);
  },
);
