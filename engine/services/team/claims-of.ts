import type { TeamClaims } from '../../indexing/index.ts';
import type { Store } from '../../library/index.ts';
import { hubSetting } from './setting.ts';

/** What keeps two machines from indexing the same; undefined where the library follows no hub. */
export async function claimsOf(store: Store): Promise<TeamClaims | undefined> {
  if (store.setting(hubSetting) === undefined) return undefined;
  const { teamClaims } = await import('./claims.ts');
  return teamClaims(store);
}
