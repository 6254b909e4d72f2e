import type { Like } from '../../../engine/protocol/requests.ts';

type WindowLike = Exclude<Like, { file: string }>;

/** A picture that somebody brought, as small as an encoder needs it. It is kept as long as the page is. */
interface Brought {
  /** Base64 of a JPEG. */
  image: string;
  /** The same, to be shown. */
  url: string;
}

let brought = $state.raw<Brought | undefined>();

/** What stands for the picture that was brought in an address. */
const broughtName = 'picture';
/** Longest side in pixels that is sent: more than any encoder looks at. */
const longest = 768;

/** The picture that was brought. */
export function broughtPicture(): Brought | undefined {
  return brought;
}

/**
 * Takes a picture that was pasted or dropped, and gives what stands for it in an address.
 * @returns undefined where the browser can't read it as one
 */
export async function bring(file: Blob): Promise<string | undefined> {
  const picture = await createImageBitmap(file).catch(() => undefined);
  if (!picture) return undefined;
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const paper = canvas.getContext('2d')!;
  paper.fillStyle = 'white';
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const url = canvas.toDataURL('image/jpeg', 0.92);
  brought = { url, image: url.slice(url.indexOf(',') + 1) };
  return `${broughtName}-${Date.now().toString(36)}`;
}

/** What stands for what a video shows at a time, in an address. */
export function likeMoment(video: string, time: number): string {
  return `${video}@${time.toFixed(2)}`;
}

/** What an address stands for; undefined where it is nothing, or a picture that was brought before the page was loaded. */
export function likeIn(text: string | undefined): WindowLike | undefined {
  if (text === undefined || text === '') return undefined;
  if (text.startsWith(broughtName)) return brought && { image: brought.image };
  const [, video, time] = /^(.+)@(\d+(?:\.\d+)?)$/u.exec(text) ?? [];
  return video === undefined ? undefined : { video, at: Number(time) };
}
