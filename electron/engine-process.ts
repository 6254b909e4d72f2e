import { fromEngineSchema, toEngineSchema } from '../engine/protocol/desktop.ts';
import { LongviewError } from '../engine/protocol/errors.ts';
import { createQuestions } from '../engine/hosts/desktop/questions.ts';
import { createBackOff, type BackOffOptions } from './back-off.ts';
import { createListeners } from './listeners.ts';
import { createProbes } from './probes.ts';
import type { MessagePortMain, UtilityProcess } from 'electron';
import type { EngineStart, FromEngine, PowerMode, ToEngine } from '../engine/protocol/desktop.ts';
import type { ElectronApi } from './api.ts';

/** How the engine's process is started, and what it may ask of the shell. */
export interface EngineProcessOptions {
  electron: Pick<ElectronApi, 'utilityProcess' | 'MessageChannelMain'>;
  /** The engine's program, the one that tests an execution provider, and the one that hears speech. */
  programs: { engine: string; probe: string; listen: string };
  start: EngineStart;
  /** Opens the file dialog. */
  pick(): Promise<string[]>;
  /** Opens the dialog for where to save. */
  pickTarget(wanted: { name: string; folder: boolean }): Promise<string | undefined>;
  /** The process ended, for the first time since it was there. */
  onLost(): void;
  /** It ended too often: what it last wrote to its standard error. */
  onGivenUp(lastWords: string): void;
  backOff?: BackOffOptions;
  /** How long it may take to finish. */
  graceMs?: number;
}

/** The engine in a process of its own, started again when it ends by itself. */
export interface EngineProcess {
  /** Gives a port to the engine to `deliver` now, and another one whenever the process was started anew. */
  connect(deliver: (port: MessagePortMain) => void): () => void;
  /** Where footage (`time` null) or a still lies. @throws LongviewError `engine-stopped`, and the engine's own. */
  look(video: string, time: number | null, since?: number): Promise<string | undefined>;
  setPowerMode(powerMode: PowerMode): void;
  /** Starts it after it was given up. */
  startAgain(): void;
  /** Lets it finish, and ends it where it doesn't. */
  stop(): Promise<void>;
}

const patience: BackOffOptions = { waitsMs: [250, 1000, 2000, 4000, 8000], steadyMs: 60_000 };
const keptWords = 4000;

/** Starts the engine's process; see {@link EngineProcess}. */
export function startEngine(options: EngineProcessOptions): EngineProcess {
  const { electron, programs } = options;
  const backOff = createBackOff(options.backOff ?? patience);
  const connections = new Set<(port: MessagePortMain) => void>();
  const looks = createQuestions<string | undefined>();
  const probes = createProbes(electron.utilityProcess, programs.probe);
  const listeners = createListeners(electron.utilityProcess, programs.listen);
  let start = options.start;
  let child: UtilityProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lastWords = '';
  let stopping = false;

  const say = (message: ToEngine, ports: MessagePortMain[] = []) =>
    child?.postMessage(toEngineSchema.parse(message), ports);
  const serve = (deliver: (port: MessagePortMain) => void) => {
    const { port1, port2 } = new electron.MessageChannelMain();
    say({ serve: true }, [port1]);
    deliver(port2);
  };
  const heard = (message: FromEngine) => {
    if ('looked' in message) {
      if ('error' in message) looks.refuse(message.looked, rebuilt(message.error));
      else looks.answer(message.looked, message.path ?? undefined);
    } else if ('pick' in message) {
      const answer = (paths: string[]) => say({ picked: message.pick, paths });
      void options.pick().then(answer, () => answer([]));
    } else if ('pickTarget' in message) {
      const { pickTarget: pickedTarget, name, folder } = message;
      const answer = (path?: string) => say({ pickedTarget, path: path ?? null });
      void options.pickTarget({ name, folder }).then(answer, () => answer());
    } else if ('probe' in message) {
      const { probe: probed, args } = message;
      probes.run(probed, args, (told) => say({ probed, message: told }));
    } else if ('unprobe' in message) probes.end(message.unprobe);
    else if ('listen' in message)
      listeners.start(
        message.listen,
        (told) => say({ listened: message.listen, message: told }),
        (lastWords) => say({ unlistened: message.listen, lastWords }),
      );
    else if ('toListener' in message) listeners.send(message.toListener, message.message);
    else if ('unlisten' in message) listeners.end(message.unlisten);
  };
  const launch = () => {
    lastWords = '';
    const started = electron.utilityProcess.fork(programs.engine, [JSON.stringify(start)], {
      serviceName: 'Longview engine',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    backOff.started();
    started.stderr?.on('data', (piece: Buffer) => {
      lastWords = (lastWords + piece.toString()).slice(-keptWords);
    });
    started.on('message', (message: unknown) => {
      const parsed = fromEngineSchema.safeParse(message);
      if (parsed.success && child === started) heard(parsed.data);
    });
    started.on('exit', () => {
      if (child === started) ended();
    });
    for (const deliver of connections) serve(deliver);
  };
  const ended = () => {
    child = undefined;
    probes.endAll();
    listeners.endAll();
    looks.refuseAll(gone());
    if (stopping) return;
    options.onLost();
    const wait = backOff.ended();
    if (wait === undefined) options.onGivenUp(lastWords.trim());
    else timer = setTimeout(launch, wait);
  };
  launch();

  return {
    connect(deliver) {
      connections.add(deliver);
      if (child) serve(deliver);
      return () => connections.delete(deliver);
    },
    async look(video, time, since) {
      if (!child) throw gone();
      return looks.ask((look) => say({ look, video, time, ...(since === undefined ? {} : { since }) }))
        .answer;
    },
    setPowerMode(powerMode) {
      start = { ...start, powerMode };
      say({ powerMode });
    },
    startAgain() {
      if (child || stopping) return;
      clearTimeout(timer);
      backOff.reset();
      launch();
    },
    async stop() {
      stopping = true;
      clearTimeout(timer);
      const ending = child;
      if (!ending) return;
      const exited = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      say({ stop: true });
      const killer = setTimeout(() => ending.kill(), options.graceMs ?? 5000);
      await exited;
      clearTimeout(killer);
    },
  };
}

function gone(): LongviewError {
  return new LongviewError(
    'engine-stopped',
    'The engine can’t be reached.',
    'Wait a moment, or start Longview again.',
  );
}

/** An error that crossed from the engine; a bug there stays one here. */
function rebuilt({ code, message, remedy }: Extract<FromEngine, { error: unknown }>['error']): Error {
  return code === 'internal' ? new Error(message) : new LongviewError(code, message, remedy);
}
