import { open } from 'node:fs/promises';
import path from 'node:path';

/** File name extensions that are taken for video when a folder is walked, in lower case. */
export const videoExtensions: ReadonlySet<string> = new Set(
  (
    '264 265 3g2 3gp 3gp2 3gpp 360 amv asf av1 avc avi avs2 avs3 bik cine dat dav divx dv dvr-ms evo f4v flv gxf h261 h263 h264 h265 ' +
    'hevc insv ismv ivf jsv m1v m2p m2t m2ts m2v m4v mjpeg mjpg mk3d mkv mod mov mp2v mp4 mp4v mpe mpeg mpg mpv mpv2 mqv mts mxf ' +
    'nsv nut obu ogm ogv ogx pva qt r3d rec rm rmvb roq tod tp trp ts ty vc1 vid vob vro vvc webm wmv wtv xvid y4m'
  ).split(' '),
);

/** Extensions of what is no video, though some begin like one: sound, pictures, and what lies beside them by the thousand. */
const otherExtensions: ReadonlySet<string> = new Set(
  (
    'aac ac3 aif aiff alac amr ape flac m4a m4b m4p m4r mka mp1 mp2 mp3 oga ogg opus wav wma wv thm ' +
    'arw avif bmp cr2 cr3 dng gif heic heif hif jp2 jpeg jpg jxl nef orf png psd raf raw rw2 svg tif tiff webp insp ' +
    'ass idx lrc sbv smi srt ssa sub sup ttml vtt txt md json xml html htm css js mjs ts.map csv log pdf doc docx xls xlsx ' +
    'zip rar 7z gz tar xz iso exe dll so db sqlite ini cfg yml yaml toml lock plist url lnk nfo part crdownload tmp lrv'
  ).split(' '),
);

/** Files that are taken for video by their ending only where their first bytes don't speak against it. */
const ambiguous = /^(?:dat|rec|vid|raw|mod|ty)$/;

/** Whether a file name ends like a video's. */
export function hasVideoExtension(name: string): boolean {
  return videoExtensions.has(extensionOf(name));
}

function extensionOf(name: string): string {
  return path.extname(name).slice(1).toLowerCase();
}

/** Kinds of sound and pictures that share MP4's form, by their brand. */
const noVideoBrands = /^(M4A |M4B |M4P |F4A |F4B |heic|heix|heim|heis|mif1|msf1|avif|crx |jxl |jp2 )/;

/**
 * Whether a file in a folder is to be taken for a video: by its name, else by its first bytes. ".ts" and ".mts" are
 * source code as often as MPEG transport streams, which have a sync byte every 188 or 192 bytes.
 * @throws what the file system says
 */
export async function looksLikeVideo(file: string): Promise<boolean> {
  const extension = extensionOf(file);
  if (otherExtensions.has(extension)) return false;
  const byName = videoExtensions.has(extension);
  const source = /^m?ts$/.test(extension);
  if (byName && !source && !ambiguous.test(extension)) return true;
  // Of what is not named like a video, one that can't be read is nobody's concern.
  const head = await firstBytes(file, 1024).catch((error: unknown) => {
    if (byName) throw error;
    return Buffer.alloc(0);
  });
  if (source) return head.length === 0 || head[0] === 0x47 || head[4] === 0x47;
  return beginsLikeVideo(head);
}

function beginsLikeVideo(head: Buffer): boolean {
  const text = (from: number, to: number) => head.toString('latin1', from, to);
  const every = (size: number, before: number) =>
    [0, 1, 2, 3].every((packet) => head[packet * size + before] === 0x47);
  return (
    (text(4, 8) === 'ftyp' && !noVideoBrands.test(text(8, 12))) ||
    /^(moov|mdat|wide|skip)$/.test(text(4, 8)) ||
    (head.subarray(0, 4).equals(Buffer.from('1a45dfa3', 'hex')) && /matroska|webm/.test(text(0, 64))) ||
    (text(0, 4) === 'RIFF' && text(8, 12) === 'AVI ') ||
    head.subarray(0, 8).equals(Buffer.from('3026b2758e66cf11', 'hex')) ||
    (text(0, 4) === 'FLV\x01' && (head[4] & 1) === 1) ||
    text(0, 4) === '.RMF' ||
    head.subarray(0, 4).equals(Buffer.from('060e2b34', 'hex')) ||
    head.subarray(0, 4).equals(Buffer.from('000001ba', 'hex')) ||
    head.subarray(0, 4).equals(Buffer.from('000001b3', 'hex')) ||
    every(188, 0) ||
    every(192, 4)
  );
}

async function firstBytes(file: string, length: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
