/**
 * Names that the database holds and that become file names. They are Longview's own, but a library may be somebody
 * else's: nothing but letters, digits and dashes ever reaches a path.
 */
const passId = /^[0-9a-z]{1,32}$/;
const stillName = /^[0-9a-z-]{1,32}\.jpe?g$/;

/** Whether a text can be a pass's id: what its features' file and its stills' folder are called. */
export function isPassId(text: unknown): text is string {
  return typeof text === 'string' && passId.test(text);
}

/** Whether a text can be the file name of a still. */
export function isStillName(text: unknown): text is string {
  return typeof text === 'string' && stillName.test(text);
}

/** Whose tracks hold what was seen in key frames, until a walk over all sampled frames ("frames") is whole. */
export const keyFramePass = 'key-frames';
