import type { RawStream } from './raw-probe.ts';

/** A sound track inside a video. */
export interface SoundStream {
  /** Index of the stream in the file. */
  index: number;
  codec: string;
  /** False for one that this ffmpeg can't read ("apac"). */
  known: boolean;
  channels: number | undefined;
  /** As the file says it: "eng", "zh". Undefined where it doesn't, and for "und". */
  language: string | undefined;
  title: string | undefined;
  /** The file marks it as the one to play. */
  isDefault: boolean;
  /** It tells the picture to those who can't see it, or it is somebody's comment on the film. */
  isExtra: boolean;
}

/** The sound tracks among a file's streams, in the file's order. */
export function toSoundStreams(streams: readonly RawStream[]): SoundStream[] {
  return streams
    .filter((stream) => stream.codec_type === 'audio')
    .map(({ index, codec_name, channels, disposition, tags }) => ({
      index,
      codec: codec_name ?? 'unknown',
      known: !/^(?:unknown|none)$/.test(codec_name ?? 'unknown'),
      channels: channels !== undefined && Number.isFinite(channels) ? channels : undefined,
      language: named(tags, 'language'),
      title: named(tags, 'title'),
      isDefault: disposition.default === 1,
      isExtra: ['visual_impaired', 'comment', 'descriptions'].some((flag) => disposition[flag] === 1),
    }));
}

/**
 * The sound track that a player plays unless it is told otherwise: the first that is marked as default, else the first, of
 * those that can be read.
 */
export function playedSound(sounds: readonly SoundStream[]): SoundStream | undefined {
  const known = sounds.filter((sound) => sound.known);
  return known.find(({ isDefault }) => isDefault) ?? known[0] ?? sounds[0];
}

/**
 * Of each language one sound track: the played one of its language, else the first that is no commentary. A film with
 * the same voice in stereo and in 5.1 is so heard once. Tracks that tell no language count as one language.
 */
export function soundsByLanguage(sounds: readonly SoundStream[]): SoundStream[] {
  const played = playedSound(sounds);
  const chosen = new Map<string, SoundStream>();
  if (played) chosen.set(played.language ?? '', played);
  for (const sound of sounds.filter(({ isExtra }) => !isExtra))
    if (!chosen.has(sound.language ?? '')) chosen.set(sound.language ?? '', sound);
  return sounds.filter((sound) => [...chosen.values()].includes(sound));
}

function named(tags: Readonly<Record<string, string>>, name: string): string | undefined {
  const value = Object.entries(tags).find(([key]) => key.toLowerCase() === name)?.[1];
  return value === undefined || value === '' || value === 'und' ? undefined : value;
}
