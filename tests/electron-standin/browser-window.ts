import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { preloadInPage } from './page-side.ts';
import type { StandInPort } from './ports.ts';
import type { BrowserWindowConstructorOptions, Rectangle } from 'electron';
import type { Browser, Frame, Page, Request as PageRequest, Route } from 'playwright-core';

/** The stand-in's inside, as its windows see it. */
export interface WindowSurroundings {
  browser(): Promise<Browser>;
  /** A message of a preload script. */
  onIpc(contents: StandInContents, channel: string, args: unknown[]): void;
  /** Answers a request of a page, or refuses it. */
  fetch(request: Request): Promise<Response | 'refused'>;
  onContents(contents: StandInContents): void;
}

/** Chromium knows no `longview:`, so its pages live at an https address that is never really asked. */
const shownOrigin = 'https://longview.invalid';
const shown = (address: string) => address.replace('longview://app', shownOrigin);
const meant = (address: string) => address.replace(shownOrigin, 'longview://app');

/** Electron's WebContents, with a real page of Chromium behind it. */
export class StandInContents extends EventEmitter {
  readonly mainFrame = { url: '' };
  page: Page | undefined;
  openHandler: ((details: { url: string }) => { action: string }) | undefined;
  readonly refusedWindows: string[] = [];
  readonly #ports = new Map<number, StandInPort>();
  #lastPort = 0;
  #destroyed = false;
  #leading = false;
  #told: Promise<unknown> = Promise.resolve();

  getURL(): string {
    return this.mainFrame.url;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }
  send(channel: string, ...args: unknown[]): void {
    this.#tell({ channel, args, ports: [] });
  }
  postMessage(channel: string, message: unknown, ports: StandInPort[] = []): void {
    const numbers = ports.map((port) => {
      const number = ++this.#lastPort;
      port.on('message', ({ data }: { data: unknown }) => this.#tell({ port: number, data }));
      port.start();
      this.#ports.set(number, port);
      return number;
    });
    this.#tell({ channel, args: [message], ports: numbers });
  }

  async open(url: string, preload: string, around: WindowSurroundings): Promise<void> {
    const browser = await around.browser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    const page = await context.newPage();
    this.page = page;
    page.setDefaultTimeout(60_000);
    context.on('page', (other) => {
      if (other === page) return;
      // Chromium has opened it before anybody is asked; Electron asks first.
      if (this.openHandler?.({ url: other.url() }).action !== 'allow') {
        this.refusedWindows.push(other.url());
        void other.close();
      }
    });
    await context.exposeBinding('standInTell', (_source, told: Record<string, unknown>) => {
      if ('channel' in told) around.onIpc(this, told.channel as string, told.args as unknown[]);
      else this.#ports.get(told.port as number)?.postMessage(told.data);
    });
    await context.addInitScript(preloadInPage, readFileSync(preload, 'utf8'));
    await context.route('**/*', (route) => this.#answer(route, around));
    this.#leading = true;
    await page.goto(shown(url));
    this.emit('did-finish-load');
  }

  destroy(): void {
    this.#destroyed = true;
    for (const port of this.#ports.values()) port.close();
    void this.page
      ?.context()
      .close()
      .catch(() => undefined);
  }

  async #answer(route: Route, around: WindowSurroundings): Promise<void> {
    const asked = route.request();
    const url = meant(asked.url());
    try {
      if (asked.isNavigationRequest() && frameOf(asked) === this.page?.mainFrame()) {
        // An aborted navigation would show an error page; one without content leaves the page as it is.
        if (!this.#leading && this.#isPrevented(url)) return await route.fulfill({ status: 204 });
        this.#leading = false;
        this.mainFrame.url = url;
      }
      const answer = await around.fetch(
        new Request(url, { method: asked.method(), headers: await asked.allHeaders() }),
      );
      if (answer === 'refused') return await route.abort('blockedbyclient');
      await route.fulfill({
        status: answer.status,
        headers: Object.fromEntries(answer.headers.entries()),
        body: Buffer.from(await answer.arrayBuffer()),
      });
    } catch (error) {
      if (!this.#destroyed) throw error;
    }
  }

  #isPrevented(url: string): boolean {
    let prevented = false;
    this.emit('will-navigate', { url, preventDefault: () => (prevented = true) });
    return prevented;
  }

  /** One message after the other, as Electron hands them over. */
  #tell(message: unknown): void {
    this.#told = this.#told
      .then(() =>
        this.page?.evaluate((told) => {
          // A page that isn't loaded yet hears nothing.
          (globalThis as unknown as { standInHear?(message: unknown): void }).standInHear?.(told);
        }, message),
      )
      .catch((error: unknown) => {
        if (!this.#destroyed)
          process.stderr.write(
            `a message didn’t reach the page: ${String(error)} ${JSON.stringify(message).slice(0, 300)}\n`,
          );
      });
  }
}

/** A request's frame; a window that is just being opened has none yet. */
function frameOf(request: PageRequest): Frame | undefined {
  try {
    return request.frame();
  } catch {
    return undefined;
  }
}

/** Electron's BrowserWindow. */
export class StandInWindow extends EventEmitter {
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents = new StandInContents();
  readonly calls: string[] = [];
  progress = -1;
  bounds: Rectangle;
  focused = true;
  minimized = false;
  readonly #around: WindowSurroundings;

  constructor(options: BrowserWindowConstructorOptions, around: WindowSurroundings) {
    super();
    this.options = options;
    this.#around = around;
    const { x = 40, y = 40, width = 800, height = 600 } = options;
    this.bounds = { x, y, width, height };
    around.onContents(this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    try {
      await this.webContents.open(url, this.options.webPreferences!.preload!, this.#around);
      this.emit('ready-to-show');
    } catch (error) {
      // Closed before it was loaded.
      if (!this.webContents.isDestroyed()) throw error;
    }
  }
  close(): void {
    this.emit('close', { preventDefault: () => undefined });
    this.webContents.destroy();
    this.emit('closed');
  }
  show(): void {
    this.calls.push('show');
  }
  focus(): void {
    this.calls.push('focus');
  }
  restore(): void {
    this.minimized = false;
    this.calls.push('restore');
  }
  maximize(): void {
    this.calls.push('maximize');
  }
  setFullScreen(): void {
    this.calls.push('setFullScreen');
  }
  isMinimized = () => this.minimized;
  isMaximized = () => this.calls.includes('maximize');
  isFullScreen = () => this.calls.includes('setFullScreen');
  isFocused = () => this.focused;
  getNormalBounds = () => this.bounds;
  setProgressBar(fraction: number): void {
    this.progress = fraction;
    this.emit('stand-in-progress', fraction);
  }
}
