import { Cea608Field } from '../closed-captions/cea608.ts';
import type { Slices } from '../slices.ts';
import type { Block } from '../types.ts';
import { linesOf } from '../limits.ts';

const line608 = /^\s*(\d{1,4}):(\d{2}):(\d{2})([:;.])(\d{1,2})\s+([\da-f\s]+)$/i;
/** Pairs of bytes are sent once a frame; the numbers of the timecode count 30 a second. */
const rate = 30000 / 1001;

/** Scenarist closed captions: CEA-608's pairs of bytes in hexadecimal behind a timecode, one pair a frame. */
export function* captionsOfScc(text: string): Slices<Block[]> {
  const field = new Cea608Field();
  let time = 0;
  for (const line of linesOf(text)) {
    if (line === undefined) {
      yield;
      continue;
    }
    const match = line608.exec(line);
    if (!match) continue;
    const [hours, minutes, seconds] = match.slice(1, 4).map(Number);
    const [drop, frame, pairs] = [match[4] !== ':', Number(match[5]), match[6]];
    const minute = hours * 60 + minutes;
    const number = (minute * 60 + seconds) * 30 + frame - (drop ? 2 * (minute - Math.floor(minute / 10)) : 0);
    for (const [index, pair] of pairs.trim().split(/\s+/).entries()) {
      time = (number + index) / rate;
      if (/^[\da-f]{4}$/i.test(pair))
        field.push(time, parseInt(pair.slice(0, 2), 16), parseInt(pair.slice(2), 16));
    }
  }
  return field.finish(time).flat();
}
