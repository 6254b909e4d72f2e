import { exactClock, percent } from '../format.ts';
import type { Catalogue } from './en.ts';
import type { Why } from '../../../engine/protocol/reasons.ts';

/** A reason in a few words of a language. Names of things are the detector's own, which are English. */
export function reasonPhrase(why: Why, words: Catalogue): string {
  switch (why.code) {
    case 'saw': {
      const thing = words['why.thing'](why);
      return words['why.saw'](why.most > 1 ? `${why.most} × ${thing}` : thing, why.frames, why.ofFrames);
    }
    case 'not-seen':
      return words['why.not-seen'](words['why.thing'](why));
    case 'unsure':
      return words[`why.unsure.${why.of}`](why.words);
    case 'looks-like':
      return words[`why.looks-like.${why.level}`];
    case 'said':
      return words[why.heard ? 'why.heard' : 'why.said'](why.text, exactClock(why.at));
    case 'on-screen':
      return words['why.on-screen'](why.text, exactClock(why.at));
    case 'sound':
      return words[`why.sound.${why.level}`];
    case 'checked':
      return words[why.yes >= 0.5 ? 'why.agrees' : 'why.disagrees'];
    default:
      return words[`why.${why.code}`](why.text);
  }
}

/** What a reason rests on in numbers, where it has any. */
export function reasonDetail(why: Why, words: Catalogue): string | undefined {
  if (why.code === 'saw') return words['why.score'](percent(why.score));
  return why.code === 'checked' ? words['why.checked.tip'](percent(why.yes)) : undefined;
}
