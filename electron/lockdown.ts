import { isOwn } from './scheme.ts';
import type { Session, WebContents } from 'electron';
import type { ElectronApi } from './api.ts';

/** What the window's own page may do beyond showing itself; everything else that a page can ask for is denied. */
const permitted = new Set(['fullscreen', 'clipboard-sanitized-write']);

/**
 * Keeps every window to its own page: no other address is loaded, none opened, no permission given. Call before the
 * first window is made.
 */
export function lockDown(app: ElectronApi['app'], session: Session): void {
  app.on('web-contents-created', (_event, contents) => keepIn(contents));
  // Everything that is fetched, by whatever part of the page, passes here.
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isHarmless(url) }));
  session.setPermissionCheckHandler((contents, permission, requesting) =>
    isPermitted(permission, contents?.getURL() ?? requesting),
  );
  session.setPermissionRequestHandler((contents, permission, answer) =>
    answer(isPermitted(permission, contents.getURL())),
  );
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event, item) => {
    // The page may save what it made itself (an export); nothing comes from elsewhere.
    if (!isOwn(item.getURL().replace(/^blob:/, ''))) event.preventDefault();
  });
}

function keepIn(contents: WebContents): void {
  for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const)
    contents.on(event as 'will-navigate', (details) => {
      if (!isStart(details.url)) details.preventDefault();
    });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** The one page of the window; a reload counts as a way to it. */
function isStart(address: string): boolean {
  return URL.canParse(address) && isOwn(address) && new URL(address).pathname === '/';
}

function isHarmless(address: string): boolean {
  // What the page made itself (blob:, data:) and the developer tools come from nowhere else.
  return isOwn(address) || isOwn(address.replace(/^blob:/, '')) || /^(data|devtools):/.test(address);
}

function isPermitted(permission: string, address: string): boolean {
  return permitted.has(permission) && isOwn(address);
}
