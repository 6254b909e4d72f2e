import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const seconds = z.number().nonnegative();
const share = z.number().min(-1).max(2);

/** What is changed about a whole clip. */
const looks = ['dim', 'noise', 'grey', 'soft', 'mirrored', 'far'] as const;

const partSchema = z.strictObject({
  /** Below the folder of the material. */
  file: z.string(),
  /** Of a recording: this stretch of it; `hold` seconds of its first picture instead. */
  start: seconds.optional(),
  end: seconds.optional(),
  hold: seconds.optional(),
  /** Of a photograph: how long, and whether the camera pans over it, keeps it whole, or stands still. */
  seconds: seconds.optional(),
  move: z.enum(['pan', 'whole', 'still']).optional(),
});

const overlaySchema = z.strictObject({
  file: z.string(),
  /** Left, top, width, height of what is cut out, as shares. */
  crop: z.tuple([share, share, share, share]),
  /** A soft oval, or everything that isn't white. */
  shape: z.enum(['oval', 'white']),
  /** Its height, as a share of the frame. */
  high: share,
  /** Its middle: from where to where across, and how far down, as shares of the frame. */
  x: z.tuple([share, share]),
  y: share,
  start: seconds,
  end: seconds,
});

const clipSchema = z.strictObject({
  name: z.string(),
  /** Numbers are fitted on one half and reported on the other; no picture is in both. */
  half: z.enum(['fit', 'report']),
  /** True: it was added last, when what the others had shown was mended; see docs/trust.md. */
  late: z.literal(true).optional(),
  from: z.array(partSchema).min(1),
  look: z.array(z.enum(looks)).optional(),
  over: z.array(overlaySchema).optional(),
});

const listSchema = z.strictObject({ sources: z.record(z.string(), z.string()), clips: z.array(clipSchema) });

/** A clip as it is to be made of the material. */
export type Clip = z.infer<typeof clipSchema>;
export type Part = z.infer<typeof partSchema>;
export type Overlay = z.infer<typeof overlaySchema>;
export type Look = (typeof looks)[number];

/** The clips, and where their material comes from: folder, or file below it, to package or collection. */
export type ClipList = z.infer<typeof listSchema>;

/** Reads the list of clips. */
export async function readClips(): Promise<ClipList> {
  return listSchema.parse(JSON.parse(await readFile(join(import.meta.dirname, 'clips.json'), 'utf8')));
}

/** The files that a clip is made of. */
export function filesOf({ from, over = [] }: Clip): string[] {
  return [...new Set([...from, ...over].map(({ file }) => file))];
}

/** Where a file of the material comes from. */
export function sourceOf(file: string, sources: ClipList['sources']): string | undefined {
  return sources[file] ?? sources[file.split('/')[0]];
}

/** The first of the folders that has a file. */
export function findMaterial(file: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, file)).find((path) => existsSync(path));
}
