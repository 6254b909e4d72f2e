import { exactClock, percent } from '../format.ts';
import type { Catalogue } from './en.ts';
import type { KnownThing, Why } from '../../../engine/protocol/reasons.ts';

/** A reason in a few words of a language. Names of things are the detector's own, which are English. */
export function reasonPhrase(why: Why, words: Catalogue): string {
  switch (why.code) {
    case 'saw': {
      const thing = thingOf(why, words);
      return words['why.saw'](why.most > 1 ? `${why.most} × ${thing}` : thing, why.frames, why.ofFrames);
    }
    case 'not-seen':
      return words['why.not-seen'](thingOf(why, words));
    case 'looks-like':
      return words[`why.looks-like.${why.level}`];
    case 'said':
      return words['why.said'](why.text, exactClock(why.at));
    case 'checked':
      return words[why.yes >= 0.5 ? 'why.agrees' : 'why.disagrees'];
    default:
      return words[`why.${why.code}`](why.text);
  }
}

/** "red and white car moving left" */
function thingOf({ colours = [], label, heading }: KnownThing, words: Catalogue): string {
  const thing = colours.length > 0 ? words['why.coloured'](label, colours) : label;
  return heading ? words['why.moving'](thing, heading) : thing;
}

/** What a reason rests on in numbers, where it has any. */
export function reasonDetail(why: Why, words: Catalogue): string | undefined {
  if (why.code === 'saw') return words['why.score'](percent(why.score));
  return why.code === 'checked' ? words['why.checked.tip'](percent(why.yes)) : undefined;
}
