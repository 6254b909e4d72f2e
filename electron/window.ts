import { smallest, readWindowState, writeWindowState } from './window-state.ts';
import { origin } from './scheme.ts';
import type { BrowserWindow } from 'electron';
import type { ElectronApi } from './api.ts';

/** What a window is made of. */
export interface WindowOptions {
  electron: Pick<ElectronApi, 'BrowserWindow' | 'nativeTheme' | 'screen'>;
  /** The built preload script. */
  preload: string;
  /** Where the window's place is kept. */
  stateFile: string;
  icon: string | undefined;
}

/** Makes the window and loads the interface; it shows itself once there is something to see. */
export function openWindow({ electron, preload, stateFile, icon }: WindowOptions): BrowserWindow {
  const areas = electron.screen.getAllDisplays().map((display) => display.workArea);
  const { maximized, fullScreen, ...place } = readWindowState(stateFile, areas);
  const window = new electron.BrowserWindow({
    ...place,
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'Longview',
    ...(icon === undefined ? {} : { icon }),
    // The page's own ground, so that nothing flashes before it is painted.
    backgroundColor: electron.nativeTheme.shouldUseDarkColors ? '#131417' : '#f7f7f5',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      // Would fetch its dictionaries from elsewhere.
      spellcheck: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
    },
  });
  window.once('ready-to-show', () => {
    if (maximized) window.maximize();
    if (fullScreen) window.setFullScreen(true);
    window.show();
  });
  window.on('close', () =>
    writeWindowState(stateFile, {
      ...window.getNormalBounds(),
      maximized: window.isMaximized(),
      fullScreen: window.isFullScreen(),
    }),
  );
  void window.loadURL(`${origin}/`);
  return window;
}
