import { CallError, createClient } from '../engine/protocol/client.ts';
import { createStreams } from '../engine/hosts/serving/streams.ts';
import { portTransport } from '../engine/protocol/port.ts';
import { createAttention } from './attention.ts';
import { channels } from './channels.ts';
import { startEngine, type EngineProcess, type EngineProcessOptions } from './engine-process.ts';
import { lockDown } from './lockdown.ts';
import { mediaPlaces } from './media-places.ts';
import { menuTemplate } from './menu.ts';
import { pathsIn } from './opened-paths.ts';
import { pickPaths, pickTarget, type Pickable } from './pick.ts';
import { switchPort } from './port.ts';
import { handleScheme, isOwn, registerScheme } from './scheme.ts';
import { openWindow } from './window.ts';
import { languageOf, wordsOf, type ShellLanguage } from './words.ts';
import type { BrowserWindow, IpcMainEvent } from 'electron';
import type { EngineStart, WindowCommand } from '../engine/protocol/desktop.ts';
import type { ElectronApi } from './api.ts';

/** Where the shell's parts lie and how it was started. */
export interface ShellOptions {
  /** Folder of the built interface. */
  pages: string;
  preload: string;
  programs: EngineProcessOptions['programs'];
  engine: Omit<EngineStart, 'powerMode'>;
  /** Where the window's place is kept. */
  stateFile: string;
  /** The third parties' licences, in one file. */
  licences: string;
  icon?: string;
  /** Arguments after the program's own, and where they count from. */
  args: readonly string[];
  workingFolder: string;
  platform: NodeJS.Platform;
  backOff?: EngineProcessOptions['backOff'];
}

/**
 * Runs the desktop shell: one instance, one window, the engine in its own process.
 * @returns false where another instance is running; it was handed the paths, and this one must go.
 */
export function runShell(electron: ElectronApi, options: ShellOptions): boolean {
  const { app } = electron;
  registerScheme(electron.protocol);
  const paths = pathsIn(options.args, options.workingFolder);
  // Chromium reorders a second instance's arguments, so they are handed over apart.
  if (!app.requestSingleInstanceLock({ paths })) {
    app.quit();
    return false;
  }
  new Shell(electron, options, paths).run();
  return true;
}

class Shell {
  readonly #electron: ElectronApi;
  readonly #options: ShellOptions;
  /** What was to be opened while there was no engine. */
  #waiting: string[];
  #window: BrowserWindow | undefined;
  #language: ShellLanguage = 'en';
  #engine: EngineProcess | undefined;
  #quitting: 'no' | 'finishing' | 'now' = 'no';
  readonly #ports = switchPort();
  readonly #transport = portTransport(this.#ports);
  readonly #client = createClient(this.#transport);
  /** Whether the window's page hears; what it couldn't hear yet waits. */
  #hearing = false;
  #unheard: WindowCommand[] = [];
  #disconnect = () => {};

  constructor(electron: ElectronApi, options: ShellOptions, paths: string[]) {
    this.#electron = electron;
    this.#options = options;
    this.#waiting = paths;
  }

  run(): void {
    const { app } = this.#electron;
    app.on('second-instance', (_event, _argv, _folder, data) => {
      this.#show();
      const { paths } = (data ?? {}) as { paths?: unknown };
      if (Array.isArray(paths)) this.#add(paths.filter((path) => typeof path === 'string'));
    });
    // macOS: "open with" and a drop on the dock's icon. Comes before the app is ready, too.
    app.on('open-file', (event, path) => {
      event.preventDefault();
      this.#add([path]);
    });
    app.on('activate', () => this.#show());
    app.on('window-all-closed', () => {
      if (this.#options.platform !== 'darwin') app.quit();
    });
    app.on('before-quit', (event) => this.#beforeQuit(event));
    void app.whenReady().then(() => this.#ready());
  }

  async #ready(): Promise<void> {
    const { app, session, protocol, ipcMain } = this.#electron;
    this.#language = languageOf(app.getLocale());
    lockDown(app, session.defaultSession);
    const engine = this.#startEngine();
    this.#engine = engine;
    const { ffmpegFolder } = this.#options.engine;
    const streams = createStreams(ffmpegFolder === null ? {} : { folder: ffmpegFolder });
    app.on('quit', () => streams.close());
    await handleScheme(protocol, this.#options.pages, { media: mediaPlaces(engine), streams });
    ipcMain.on(channels.connect, (event) => this.#connect(engine, event));
    ipcMain.on(channels.language, (event, language: unknown) => {
      if (!this.#isOurs(event) || (language !== 'en' && language !== 'zh')) return;
      this.#language = language;
      this.#setMenu();
    });
    this.#setMenu();
    this.#show();
    this.#follow(engine);
  }

  #startEngine(): EngineProcess {
    const { electron, options } = { electron: this.#electron, options: this.#options };
    return startEngine({
      electron,
      programs: options.programs,
      start: { ...options.engine, powerMode: 'full' },
      pick: () => this.#pick('folders'),
      pickTarget: (wanted) =>
        pickTarget(electron.dialog, this.#window, { words: wordsOf[this.#language], ...wanted }),
      onLost: () => {
        this.#transport.lost();
        this.#window?.webContents.send(channels.lost);
      },
      onGivenUp: (lastWords) => void this.#tellGivenUp(lastWords),
      backOff: options.backOff,
    });
  }

  /** The shell is a client of the engine like its window. */
  #follow(engine: EngineProcess): void {
    const attention = createAttention({
      electron: this.#electron,
      showProgress: (fraction) => this.#window?.setProgressBar(fraction),
      isWatched: () => this.#window?.isFocused() ?? false,
      show: () => {
        this.#show();
        this.#command('activity');
      },
      setPowerMode: (powerMode) => engine.setPowerMode(powerMode),
      words: () => wordsOf[this.#language],
    });
    engine.connect((port) => {
      this.#ports.use(port);
      this.#transport.found();
      this.#add(this.#waiting.splice(0));
    });
    this.#client.listen(
      (happening) => {
        if (happening.event === 'activity') attention.follow(happening.value);
      },
      (connected) => {
        if (!connected) attention.idle();
      },
    );
  }

  #connect(engine: EngineProcess, event: IpcMainEvent): void {
    if (!this.#isOurs(event)) return;
    this.#disconnect();
    const contents = event.sender;
    this.#disconnect = engine.connect((port) => {
      if (!contents.isDestroyed()) contents.postMessage(channels.port, null, [port]);
    });
    this.#hearing = true;
    for (const command of this.#unheard.splice(0)) contents.send(channels.command, command);
  }

  /** Only the window's own page, in its own frame, is listened to. */
  #isOurs({ sender, senderFrame }: IpcMainEvent): boolean {
    return sender === this.#window?.webContents && senderFrame === sender.mainFrame && isOwn(senderFrame.url);
  }

  #show(): void {
    if (!this.#engine) return;
    if (!this.#window) {
      const { preload, stateFile, icon } = this.#options;
      const window = openWindow({ electron: this.#electron, preload, stateFile, icon });
      window.on('closed', () => {
        this.#disconnect();
        this.#hearing = false;
        this.#window = undefined;
      });
      this.#window = window;
      return;
    }
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  #command(command: WindowCommand): void {
    this.#show();
    if (this.#hearing) this.#window?.webContents.send(channels.command, command);
    else this.#unheard.push(command);
  }

  #add(paths: string[]): void {
    if (paths.length === 0) return;
    if (!this.#engine) {
      this.#waiting.push(...paths);
      return;
    }
    this.#command('activity');
    this.#client.call('enqueue', { paths }).catch((error: unknown) => {
      // A path that can't be indexed is told where the queue is shown; an engine that was lost meanwhile is started again.
      if (error instanceof CallError && error.code === 'engine-stopped') this.#waiting.push(...paths);
    });
  }

  #pick(what: Pickable): Promise<string[]> {
    const words = wordsOf[this.#language];
    return pickPaths(this.#electron.dialog, this.#window, this.#options.platform, { words, what });
  }

  #setMenu(): void {
    const { Menu, shell } = this.#electron;
    const template = menuTemplate(this.#options.platform, wordsOf[this.#language], {
      command: (command) => this.#command(command),
      add: (what) => void this.#pick(what).then((paths) => this.#add(paths)),
      showLibraryFolder: () => void shell.openPath(this.#options.engine.libraryDir),
      showLicences: () => void shell.openPath(this.#options.licences),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  async #tellGivenUp(lastWords: string): Promise<void> {
    const words = wordsOf[this.#language];
    const { response } = await this.#electron.dialog.showMessageBox({
      type: 'error',
      title: 'Longview',
      message: words.stoppedTitle,
      detail: lastWords === '' ? words.stopped : `${words.stopped}\n\n${lastWords.slice(-800)}`,
      buttons: [words.startAgain, words.quit],
      defaultId: 0,
      cancelId: 1,
      noLink: true,
    });
    if (response === 0) this.#engine?.startAgain();
    else this.#electron.app.quit();
  }

  /** Quitting waits for the engine, which puts away what it has seen. */
  #beforeQuit(event: { preventDefault(): void }): void {
    if (this.#quitting === 'now' || !this.#engine) return;
    event.preventDefault();
    if (this.#quitting === 'finishing') return;
    this.#quitting = 'finishing';
    void this.#engine.stop().finally(() => {
      this.#quitting = 'now';
      this.#electron.app.quit();
    });
  }
}
