// Runs in the window's sandbox before the page: gives it the engine's protocol and nothing else of Electron. Built
// into one CommonJS file, which is what a sandboxed preload script has to be.
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channels } from './channels.ts';
import type { DesktopBridge, WindowCommand } from '../engine/protocol/desktop.ts';

/** A page's MessagePort; the DOM's types are not at hand here. */
interface PagePort {
  onmessage: ((event: { data: unknown }) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

let port: PagePort | undefined;
let connected = true;
/** What the page said before there was an engine. */
const kept: unknown[] = [];
let onMessage: (message: unknown) => void = () => {};
let onState: (connected: boolean) => void = () => {};
const turn = (state: boolean) => {
  connected = state;
  onState(state);
};
let onCommand: ((command: WindowCommand) => void) | undefined;
const commands: WindowCommand[] = [];

ipcRenderer.on(channels.port, (event) => {
  port?.close();
  const next = event.ports[0] as unknown as PagePort;
  next.onmessage = ({ data }) => onMessage(data);
  port = next;
  turn(true);
  for (const message of kept.splice(0)) next.postMessage(message);
});
ipcRenderer.on(channels.lost, () => {
  port?.close();
  port = undefined;
  turn(false);
});
ipcRenderer.on(channels.command, (_event, command: WindowCommand) => {
  if (onCommand) onCommand(command);
  else commands.push(command);
});

const bridge: DesktopBridge = {
  post(message) {
    if (port) port.postMessage(message);
    else kept.push(message);
  },
  receive(listener) {
    onMessage = listener;
  },
  onState(listener) {
    onState = listener;
    listener(connected);
  },
  onCommand(listener) {
    onCommand = listener;
    for (const command of commands.splice(0)) listener(command);
  },
  pathOf: (file) => webUtils.getPathForFile(file),
  setLanguage: (language) => ipcRenderer.send(channels.language, language),
};
contextBridge.exposeInMainWorld('longview', bridge);
ipcRenderer.send(channels.connect);
