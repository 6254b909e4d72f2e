import { createClient } from '../../../engine/protocol/client.ts';
import { httpTransport, openSession } from './http-transport.ts';
import type { Client, Transport } from '../../../engine/protocol/client.ts';

/** What a host that isn't the web host (the desktop shell's preload) puts in place before the page loads. */
interface HostBridge {
  transport: Transport;
  mediaUrl(videoId: string): string;
  stillUrl(videoId: string, time: number): string;
}

declare global {
  interface Window {
    longview?: HostBridge;
  }
}

const bridge = window.longview;

/** The engine, wherever it runs. */
export const engine: Client = createClient(bridge?.transport ?? httpTransport());

/** Whether the host lets this window in. */
export const admitted: () => Promise<boolean> = bridge ? async () => true : openSession;

/** Address of a video's footage. */
export function mediaUrl(videoId: string): string {
  return bridge?.mediaUrl(videoId) ?? `/api/media/${encodeURIComponent(videoId)}`;
}

/** Address of the still nearest before a time. */
export function stillUrl(videoId: string, time: number): string {
  return bridge?.stillUrl(videoId, time) ?? `/api/still/${encodeURIComponent(videoId)}?t=${time.toFixed(2)}`;
}

export { CallError } from '../../../engine/protocol/client.ts';
