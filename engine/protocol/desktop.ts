import { z } from 'zod';
import { failureSchema } from './results.ts';

/**
 * What the desktop shell's main process and the engine's process say to each other beside the ports that carry
 * {@link methods}: who is to be served, where a file lies, and what only the main process can do.
 */

/** How hard indexing may work: as fast as it can, or half of the time, on battery. */
export const powerModeSchema = z.enum(['full', 'low']);

const number = z.int().nonnegative();
const failure = failureSchema.shape.error;

/** What the engine's process is started with, as JSON in its first argument. */
export const engineStartSchema = z.strictObject({
  libraryDir: z.string().min(1),
  builtinModel: z.string().min(1),
  /** Folder of the ffmpeg that the package brings. */
  ffmpegFolder: z.string().nullable(),
  version: z.string(),
  sample: z.string().nullable(),
  powerMode: powerModeSchema,
});

/** From the main process. */
export const toEngineSchema = z.union([
  /** A port comes with it: serve whoever holds its other end. */
  z.strictObject({ serve: z.literal(true) }),
  /** Where does a video's footage, or its still at a time, lie? */
  z.strictObject({
    ...{ look: number, video: z.string(), time: z.number().nonnegative().nullable() },
    since: z.number().nonnegative().optional(),
  }),
  /** What the file dialog gave. */
  z.strictObject({ picked: number, paths: z.array(z.string()) }),
  /** Where to save, as the person chose; null where the dialog was closed. */
  z.strictObject({ pickedTarget: number, path: z.string().min(1).nullable() }),
  /** What came of a probe: its own message, or undefined where it ended without one. */
  z.strictObject({ probed: number, message: z.unknown() }),
  /** What a process that hears speech says, and that it is gone, with what it last wrote to its standard error. */
  z.strictObject({ listened: number, message: z.unknown() }),
  z.strictObject({ unlistened: number, lastWords: z.string() }),
  z.strictObject({ powerMode: powerModeSchema }),
  /** Finish and go. */
  z.strictObject({ stop: z.literal(true) }),
]);

/** From the engine's process. */
export const fromEngineSchema = z.union([
  z.strictObject({ ready: z.literal(true) }),
  z.strictObject({ looked: number, path: z.string().nullable() }),
  z.strictObject({ looked: number, error: failure }),
  /** Open the file dialog. */
  z.strictObject({ pick: number }),
  /** Open the dialog for where to save: a file under this name, or a folder. */
  z.strictObject({ pickTarget: number, name: z.string().min(1), folder: z.boolean() }),
  /** Run a provider's self-test in a process of its own. */
  z.strictObject({ probe: number, args: z.array(z.string()) }),
  /** That probe takes too long: end it. */
  z.strictObject({ unprobe: number }),
  /** Start a process that hears speech; hand a message on to it; end it. */
  z.strictObject({ listen: number }),
  z.strictObject({ toListener: number, message: z.unknown() }),
  z.strictObject({ unlisten: number }),
]);

/** Parsed {@link powerModeSchema}. */
export type PowerMode = z.infer<typeof powerModeSchema>;
/** Parsed {@link engineStartSchema}. */
export type EngineStart = z.infer<typeof engineStartSchema>;
/** Parsed {@link toEngineSchema}. */
export type ToEngine = z.infer<typeof toEngineSchema>;
/** Parsed {@link fromEngineSchema}. */
export type FromEngine = z.infer<typeof fromEngineSchema>;

/** Places in the window that the native menus lead to. */
export const windowCommandSchema = z.enum(['find', 'library', 'activity', 'settings']);
/** Parsed {@link windowCommandSchema}. */
export type WindowCommand = z.infer<typeof windowCommandSchema>;

/** What the preload script puts into the desktop window as `window.longview`. Everything in it crosses a context. */
export interface DesktopBridge {
  /** Sends a message to the engine; kept until there is one. */
  post(message: unknown): void;
  /** Hears what the engine says. */
  receive(onMessage: (message: unknown) => void): void;
  /** Hears whether the engine can be reached. */
  onState(onState: (connected: boolean) => void): void;
  /** Hears what a person chose in the native menus. */
  onCommand(onCommand: (command: WindowCommand) => void): void;
  /** Where a dropped file lies; empty where it lies nowhere. */
  pathOf(file: File): string;
  /** The menus follow the window's language. */
  setLanguage(language: 'en' | 'zh'): void;
}
