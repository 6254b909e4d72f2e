import { createClient } from '../../../engine/protocol/client.ts';
import { desktopTransport } from './desktop-transport.ts';
import { enter, httpTransport, openSession } from './http-transport.ts';
import type { Client } from '../../../engine/protocol/client.ts';
import type { DesktopBridge } from '../../../engine/protocol/desktop.ts';

declare global {
  interface Window {
    /** Put in place by the desktop shell's preload script; the web host has none. */
    longview?: DesktopBridge;
  }
}

/** The desktop shell around this window, where there is one. */
export const desktop: DesktopBridge | undefined = window.longview;

/** The engine, wherever it runs. */
export const engine: Client = createClient(desktop ? desktopTransport(desktop) : httpTransport());

/** Whether the host lets this window in. */
export const admitted: () => Promise<boolean> = desktop ? async () => true : openSession;

export { enter };

/** Address of a video's footage. */
export function mediaUrl(videoId: string): string {
  return `/api/media/${encodeURIComponent(videoId)}`;
}

/** Address of a video's footage from a time on, encoded so that every browser plays it. */
export function streamUrl(videoId: string, start: number): string {
  return `/api/stream/${encodeURIComponent(videoId)}?start=${start.toFixed(3)}`;
}

/** Address of the still nearest before a time, or since another. */
export function stillUrl(videoId: string, time: number, since?: number): string {
  const from = since === undefined ? '' : `&since=${since.toFixed(2)}`;
  return `/api/still/${encodeURIComponent(videoId)}?t=${time.toFixed(2)}${from}`;
}

export { CallError } from '../../../engine/protocol/client.ts';
