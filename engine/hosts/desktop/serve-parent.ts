import { engineStartSchema, fromEngineSchema, toEngineSchema } from '../../protocol/desktop.ts';
import { logFolder, openLog } from '../../core/log.ts';
import { createEngine } from '../../engine.ts';
import { launchProbesWith } from '../../inference/runtime/probe.ts';
import { launchListenersWith, type ListenerEvents } from '../../speech/listener-process.ts';
import { failureOf } from '../failure.ts';
import { servePort } from '../port.ts';
import { createSession } from '../session.ts';
import { createQuestions } from './questions.ts';
import type { LongviewEngine } from '../../engine.ts';
import type { EngineStart, FromEngine } from '../../protocol/desktop.ts';
import type { MessagePortLike } from '../../protocol/port.ts';
import type { Session } from '../session.ts';

/** A port as Electron hands it to a utility process. */
export interface HandedPort {
  on(event: 'message', listener: (message: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

/** The way to the main process (`process.parentPort` of a utility process). */
export interface ParentPort {
  on(event: 'message', listener: (message: { data: unknown; ports: HandedPort[] }) => void): unknown;
  postMessage(message: unknown): void;
}

/**
 * Opens an engine and serves the main process and its windows until it is told to stop; then the process ends.
 * @param start an {@link EngineStart}, unparsed
 */
export async function serveParent(parent: ParentPort, start: unknown): Promise<void> {
  const config = engineStartSchema.parse(start);
  const tell = (message: FromEngine) => parent.postMessage(fromEngineSchema.parse(message));
  const picks = createQuestions<string[]>();
  const targets = createQuestions<string | undefined>();
  const probes = createQuestions<unknown>();
  // With the fuses set, this program can't be run as Node: whoever needs a process asks the main process for one.
  launchProbesWith((args) => {
    const { number, answer } = probes.ask((probe) => tell({ probe, args }));
    return { message: answer, stop: () => tell({ unprobe: number }) };
  });
  const listeners = new Map<number, ListenerEvents>();
  let lastListener = 0;
  launchListenersWith((events) => {
    const number = ++lastListener;
    listeners.set(number, events);
    tell({ listen: number });
    return {
      send: (message) => tell({ toListener: number, message }),
      kill: () => tell({ unlisten: number }),
    };
  });
  const engine = open(config);
  const session = createSession(engine, {
    info: {
      host: 'desktop',
      version: config.version,
      platform: process.platform,
      pick: true,
      sample: config.sample,
    },
    pickPaths: () => picks.ask((pick) => tell({ pick })).answer,
    pickTarget: (wanted) => targets.ask((pickTarget) => tell({ pickTarget, ...wanted })).answer,
  });
  parent.on('message', ({ data, ports }) => {
    const parsed = toEngineSchema.safeParse(data);
    if (!parsed.success) return;
    const message = parsed.data;
    if ('serve' in message) for (const port of ports) serveHanded(session, port);
    else if ('look' in message) void look(engine, message).then(tell);
    else if ('picked' in message) picks.answer(message.picked, message.paths);
    else if ('pickedTarget' in message) targets.answer(message.pickedTarget, message.path ?? undefined);
    else if ('probed' in message) probes.answer(message.probed, message.message);
    else if ('listened' in message) listeners.get(message.listened)?.onMessage(message.message);
    else if ('unlistened' in message) {
      listeners.get(message.unlistened)?.onEnd(message.lastWords);
      listeners.delete(message.unlistened);
    } else if ('powerMode' in message) engine.setPowerMode(message.powerMode);
    else void finish(session, engine);
  });
  tell({ ready: true });
}

function open({ libraryDir, builtinModel, ffmpegFolder, powerMode, version }: EngineStart): LongviewEngine {
  void openLog({ folder: logFolder(libraryDir) });
  const mediaTools = ffmpegFolder === null ? undefined : { folder: ffmpegFolder };
  const engine = createEngine({ libraryDir, builtinModel, mediaTools, version });
  engine.setPowerMode(powerMode);
  return engine;
}

function serveHanded(session: Session, port: HandedPort): void {
  const listeners = new Set<(message: unknown) => void>();
  const like: MessagePortLike = {
    postMessage: (message) => port.postMessage(message),
    receive(onMessage) {
      listeners.add(onMessage);
      return () => listeners.delete(onMessage);
    },
  };
  const stop = servePort(session, like);
  port.on('message', ({ data }) => {
    for (const listener of listeners) listener(data);
  });
  port.on('close', stop);
  port.start();
}

async function look(
  engine: LongviewEngine,
  { look: looked, video, time, since }: { look: number; video: string; time: number | null; since?: number },
): Promise<FromEngine> {
  try {
    const path = time === null ? await engine.footage(video) : await engine.still(video, time, since);
    return { looked, path: path ?? null };
  } catch (error) {
    return { looked, error: failureOf(error) };
  }
}

async function finish(session: Session, engine: LongviewEngine): Promise<void> {
  try {
    await session.close();
    await engine.close();
  } finally {
    process.exit(0);
  }
}
