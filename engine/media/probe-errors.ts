import { LongviewError, quote } from '../protocol/errors.ts';

/**
 * Why ffmpeg could not read a file that exists: cut short, or no video at all.
 * @param head the file's first bytes, which tell a cut-off video from something else.
 */
export function unreadableVideo(file: string, stderr: string, head: Buffer): LongviewError {
  const details = { path: file, stderr };
  if (hasVideoSignature(head))
    return new LongviewError(
      'file-truncated',
      `${quote(file)} is incomplete: it begins like a video, but the part that describes it is missing or damaged.`,
      'Copy or download it again; a recording that was cut off needs a repair tool.',
      { details },
    );
  return notAVideo(file, details);
}

/** The file is something else than a video. */
export function notAVideo(file: string, details: Record<string, unknown> = { path: file }): LongviewError {
  return new LongviewError(
    'not-a-video',
    `${quote(file)} is not a video that ffmpeg can read.`,
    'Choose a video file, such as MP4, MKV, MOV, WebM or AVI.',
    { details },
  );
}

/** The file has sound, subtitles or a cover picture, but no moving picture. */
export function noVideoStream(file: string): LongviewError {
  return new LongviewError(
    'no-video-stream',
    `${quote(file)} has no video in it, only sound or other data.`,
    'Choose a file with a picture; sound alone cannot be searched.',
    { details: { path: file } },
  );
}

/** @returns an error where ffmpeg refused pictures that are larger than any that are taken */
export function tooLarge(file: string, stderr: string): LongviewError | undefined {
  const size = /Picture size (\d+x\d+) exceeds specified max pixel count/.exec(stderr)?.[1];
  if (size === undefined) return undefined;
  return new LongviewError(
    'no-frames',
    `The pictures of ${quote(file)} are ${size} pixels, larger than 8192x8192.`,
    'Make a smaller copy of it with a video program.',
    { details: { path: file, stderr } },
  );
}

/** The container is fine, but not one picture came out of it. */
export function noFrames(file: string, stderr: string): LongviewError {
  const codec = /Decoder \(codec ([^)]+)\) not found/.exec(stderr)?.[1];
  return new LongviewError(
    'no-frames',
    codec
      ? `${quote(file)} is coded as ${codec}, which this ffmpeg cannot decode.`
      : `Not one picture could be decoded from ${quote(file)}.`,
    codec
      ? 'Install a full build of ffmpeg, or convert the file.'
      : 'Check that it plays in a video player; if it does not, copy or download it again.',
    { details: { path: file, stderr } },
  );
}

/** How containers of video begin: MP4/MOV, Matroska/WebM, AVI, ASF, FLV, Ogg. */
function hasVideoSignature(head: Buffer): boolean {
  const at = (offset: number, text: string) =>
    head.subarray(offset, offset + text.length).toString('latin1') === text;
  return (
    at(4, 'ftyp') ||
    at(4, 'moov') ||
    at(4, 'mdat') ||
    at(4, 'wide') ||
    at(0, '\x1aE\xdf\xa3') ||
    (at(0, 'RIFF') && at(8, 'AVI ')) ||
    at(0, '\x30\x26\xb2\x75') ||
    at(0, 'FLV\x01') ||
    at(0, 'OggS')
  );
}
