import { packetsAround } from './seeking/packets-around.ts';
import type { MediaTools } from './tools.ts';
import type { VideoInfo } from './video-info.ts';

/** A picture that stands for so long is looked at again in the file. */
const longestStandSec = 600;
/** So many times longer than all before it, a picture doesn't stand by anybody's wish. */
const outOfProportion = 10;

/**
 * Notices a clock that jumps: a picture that stands for longer than ten minutes and ten times longer than everything
 * before it, with no other picture in the file meanwhile. Work goes by what a file holds, not by what its clock claims.
 */
export class ClockJump {
  readonly #info: VideoInfo;
  readonly #tools: MediaTools;
  readonly #signal: AbortSignal | undefined;
  /** Since when the picture stands, in seconds. */
  #since = 0;
  #asked = false;

  constructor(info: VideoInfo, tools: MediaTools, signal: AbortSignal | undefined) {
    this.#info = info;
    this.#tools = tools;
    this.#signal = signal;
  }

  /**
   * @param time of a sampled frame, in seconds
   * @param stands whether it is the one before, to the pixel
   * @returns the time where the clock jumps, once that is certain
   */
  async at(time: number, stands: boolean): Promise<number | undefined> {
    if (!stands) {
      this.#since = time;
      this.#asked = false;
      return undefined;
    }
    const since = this.#since;
    const stood = time - since;
    if (this.#asked || stood < longestStandSec || stood < since * outOfProportion) return undefined;
    this.#asked = true;
    // Pictures that look alike are no jump.
    const span = { from: since, to: time };
    const packets = await packetsAround(this.#tools, this.#info, span, this.#signal);
    const others = packets.filter((packet) => packet.time > since + 1 && packet.time < time);
    return others.length > 0 ? undefined : since;
  }
}
