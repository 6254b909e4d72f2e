import { hostname, userInfo } from 'node:os';
import type { z } from 'zod';
import { type FollowDeps, Hub } from '../../hub/index.ts';
import { correctionsOf } from '../../indexing/index.ts';
import type { Store } from '../../library/index.ts';
import { LongviewError } from '../../protocol/errors.ts';
import { hubFollowRequestSchema } from '../../protocol/team.ts';

import { takeCorrections } from '../transcripts.ts';
import { hubSetting } from './setting.ts';

/** How a library follows a hub. */
export type FollowSettings = z.infer<typeof hubFollowRequestSchema>;

/** Who acts here, as others see it. */
export function whoAmI(): string {
  let name = 'somebody';
  try {
    name = userInfo().username;
  } catch {
    // A container may know no name for its account.
  }
  return `${name}@${hostname()}`;
}

/** The hub that a library follows. @throws LongviewError `bad-argument` where it follows none. */
export function followSettings(store: Store): FollowSettings {
  const { data } = hubFollowRequestSchema.safeParse(store.setting(hubSetting));
  if (data) return data;
  throw new LongviewError(
    'bad-argument',
    'This library follows no hub.',
    'Run "longview hub follow postgres://… --root name=folder" first.',
  );
}

/** Runs `work` with a connection to a hub, which is closed in the end. */
export async function withHub<T>(url: string, work: (hub: Hub) => Promise<T>, who = whoAmI()): Promise<T> {
  const hub = new Hub(url, who);
  try {
    return await work(hub);
  } finally {
    await hub.close();
  }
}

/** What following needs of a library. */
export function followDeps(hub: Hub, store: Store, { roots = {}, only, tokens }: FollowSettings): FollowDeps {
  return {
    ...{ hub, store, mounts: roots },
    part: { ...(only && { only }), ...(tokens === undefined ? {} : { tokens }) },
    corrections: {
      of: (contentHash) => correctionsOf(store, contentHash),
      take: (contentHash, corrections) => takeCorrections(store, contentHash, corrections),
    },
  };
}
