import { EventEmitter } from 'node:events';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../build/chromium.ts';
import { StandInWindow, type StandInContents, type WindowSurroundings } from './browser-window.ts';
import { StandInChannel } from './ports.ts';
import { StandInUtilityProcess } from './utility-process.ts';
import type { BrowserWindowConstructorOptions, MenuItemConstructorOptions } from 'electron';
import type { ElectronApi } from '../../electron/api.ts';

type Permission = (contents: { getURL(): string } | null, name: string, requesting: string) => boolean;
type AskPermission = (contents: { getURL(): string }, name: string, answer: (given: boolean) => void) => void;

/** What a test sees and moves of the stand-in; `electron` is what the shell is given. */
export interface StandIn {
  electron: ElectronApi;
  app: StandInApp;
  windows: StandInWindow[];
  processes: StandInUtilityProcess[];
  menu(): MenuItemConstructorOptions[];
  power: EventEmitter & { onBattery: boolean };
  awake: Set<number>;
  notifications: { title: string; body: string; emitter: EventEmitter }[];
  permissions: { check: Permission; ask: AskPermission };
  /** What the dialogs answer, and what they were asked. */
  dialogs: {
    paths: string[];
    save: string;
    button: number;
    asked: Record<string, unknown>[];
    emitter: EventEmitter;
  };
  opened: string[];
  /** A request as a page would make it. */
  fetch: WindowSurroundings['fetch'];
  close(): Promise<void>;
}

/** Programs that hold the single-instance lock, by their data folder. */
const locks = new Map<string, StandInApp>();

/** Electron's app. */
export class StandInApp extends EventEmitter {
  readonly isPackaged = false;
  readonly folder: string;
  locale = 'en-GB';
  ready = false;
  readonly #closeWindows: () => void;

  constructor(folder: string, closeWindows: () => void) {
    super();
    this.folder = folder;
    this.#closeWindows = closeWindows;
  }
  requestSingleInstanceLock(data: unknown): boolean {
    const holder = locks.get(this.folder);
    if (holder) setImmediate(() => holder.emit('second-instance', {}, [], '/', data));
    else locks.set(this.folder, this);
    return holder === undefined;
  }
  async whenReady(): Promise<void> {
    await new Promise(setImmediate);
    this.ready = true;
  }
  getLocale = () => this.locale;
  getVersion = () => '1.2.3';
  getPath = () => this.folder;
  quit(): void {
    let prevented = false;
    this.emit('before-quit', { preventDefault: () => (prevented = true) });
    if (prevented) return;
    this.#closeWindows();
    if (locks.get(this.folder) === this) locks.delete(this.folder);
    this.emit('quit');
  }
}

/** Stands in for Electron: the same calls, child processes of this Node, and pages in a real Chromium. */
export function standIn(folder: string): StandIn {
  const windows: StandInWindow[] = [];
  const processes: StandInUtilityProcess[] = [];
  const app = new StandInApp(folder, () => {
    for (const window of [...windows]) window.close();
  });
  const session = standInSession();
  const ipcMain = new EventEmitter();
  const handlers = new Map<string, (request: Request) => Response | Promise<Response>>();
  let browser: Promise<Browser> | undefined;
  let menu: MenuItemConstructorOptions[] = [];

  const around: WindowSurroundings = {
    browser: () => (browser ??= launchChromium()),
    onIpc: (sender, channel, args) =>
      ipcMain.emit(channel, { sender, senderFrame: sender.mainFrame }, ...args),
    async fetch(request) {
      if (!session.allows(request.url)) return 'refused';
      const handler = handlers.get(new URL(request.url).protocol.replace(':', ''));
      return handler ? handler(request) : 'refused';
    },
    onContents: (contents: StandInContents) => app.emit('web-contents-created', {}, contents),
  };
  const power = Object.assign(new EventEmitter(), {
    onBattery: false,
    isOnBatteryPower: () => power.onBattery,
  });
  const awake = new Set<number>();
  const notifications: StandIn['notifications'] = [];
  const dialogs: StandIn['dialogs'] = {
    paths: [],
    save: '',
    button: 1,
    asked: [],
    emitter: new EventEmitter(),
  };
  const opened: string[] = [];
  const asked = (...args: unknown[]) => {
    dialogs.asked.push(args.at(-1) as Record<string, unknown>);
    dialogs.emitter.emit('asked');
  };

  const electron = {
    app,
    ipcMain,
    session: { defaultSession: session },
    MessageChannelMain: StandInChannel,
    BrowserWindow: class extends StandInWindow {
      constructor(options: BrowserWindowConstructorOptions) {
        super(options, around);
        windows.push(this);
        this.on('closed', () => {
          windows.splice(windows.indexOf(this), 1);
          if (windows.length === 0) app.emit('window-all-closed');
        });
      }
    },
    utilityProcess: {
      fork(program: string, args: string[] = []) {
        const child = new StandInUtilityProcess(program, args);
        processes.push(child);
        child.on('exit', () => processes.splice(processes.indexOf(child), 1));
        return child;
      },
    },
    protocol: {
      registerSchemesAsPrivileged() {
        if (app.ready) throw new Error('schemes must be registered before the app is ready');
      },
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) =>
        handlers.set(scheme, handler),
    },
    Menu: {
      buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
      setApplicationMenu(template: MenuItemConstructorOptions[]) {
        menu = template;
        app.emit('stand-in-menu');
      },
    },
    dialog: {
      async showOpenDialog(...args: unknown[]) {
        asked(...args);
        return { canceled: dialogs.paths.length === 0, filePaths: dialogs.paths };
      },
      async showSaveDialog(...args: unknown[]) {
        asked(...args);
        return { canceled: dialogs.save === '', filePath: dialogs.save };
      },
      async showMessageBox(...args: unknown[]) {
        asked(...args);
        return { response: dialogs.button };
      },
    },
    Notification: class extends EventEmitter {
      constructor(options: { title: string; body: string }) {
        super();
        notifications.push({ ...options, emitter: this });
      }
      show(): void {}
    },
    nativeTheme: { shouldUseDarkColors: true },
    powerMonitor: power,
    powerSaveBlocker: {
      start() {
        const id = awake.size + 1;
        awake.add(id);
        return id;
      },
      stop: (id: number) => awake.delete(id),
    },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1050 } }] },
    shell: {
      async openPath(path: string) {
        opened.push(path);
        return '';
      },
    },
  };
  return {
    electron: electron as unknown as ElectronApi,
    app,
    windows,
    processes,
    menu: () => menu,
    power,
    awake,
    notifications,
    permissions: session.permissions,
    dialogs,
    opened,
    fetch: (request) => around.fetch(request),
    async close() {
      if (locks.get(folder) === app) locks.delete(folder);
      for (const window of windows) window.webContents.destroy();
      // Nobody is to start them again.
      for (const child of processes) {
        child.removeAllListeners('exit');
        child.kill();
      }
      await (await browser)?.close();
    },
  };
}

function standInSession() {
  const permissions = {
    check: (() => true) as Permission,
    ask: ((_contents, _name, answer) => answer(true)) as AskPermission,
  };
  let before = (_details: { url: string }, answer: (what: { cancel: boolean }) => void) =>
    answer({ cancel: false });
  return Object.assign(new EventEmitter(), {
    permissions,
    allows(url: string): boolean {
      let allowed = true;
      before({ url }, ({ cancel }) => (allowed = !cancel));
      return allowed;
    },
    webRequest: { onBeforeRequest: (listener: typeof before) => (before = listener) },
    setPermissionCheckHandler: (handler: Permission) => (permissions.check = handler),
    setPermissionRequestHandler: (handler: AskPermission) => (permissions.ask = handler),
    setDevicePermissionHandler: () => undefined,
  });
}
