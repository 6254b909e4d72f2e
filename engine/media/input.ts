import path from 'node:path';

/**
 * ffmpeg's arguments for opening a user's file. `file:` and an absolute path keep any name from being taken for an
 * option, a protocol ("a:b") or another program's syntax; the whitelist keeps a playlist that calls itself a video
 * from making ffmpeg open the network or other protocols. Files are opened for reading only.
 */
export function inputArguments(file: string): string[] {
  return ['-protocol_whitelist', 'file', '-i', `file:${path.resolve(file)}`];
}
