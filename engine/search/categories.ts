import { searchedThing, singular, taughtKinds } from '../language/prompts.ts';
import type { SearchDeps } from './types.ts';

/** Other kinds. The text tower was taught most of them (merges.py), the decoder none: it says no to them whatever it sees. */
const untaught = new Set(
  [
    'pet, amphibian, livestock, wildlife, snack, dessert, sweet, something to eat, something to drink',
    'aircraft, machine, device, gadget, appliance, electronics, furniture, piece of furniture, weapon, container',
    'footwear, headgear, jewellery, jewelry, accessory, sports equipment, toy',
    'object, thing, item, stuff, something, anything',
  ].flatMap((line) => line.split(', ')),
);

/** Whether the built-in decoder has words for it: it was taught names and some kinds, no colours and no motion. */
export function isTaught(thing: string, match: SearchDeps['match']): boolean {
  return (
    (!isKind(thing) || taughtKinds.has(singular(searchedThing(thing)))) &&
    match(thing).objects.every(({ colours = [], heading }) => colours.length === 0 && !heading)
  );
}

/** Whether a query or subject is after a kind of thing: "an animal", "wild animals", "something that flies". */
export function isKind(subject: string): boolean {
  const words = searchedThing(subject);
  const one = singular(words);
  const noun = one.split(' ').at(-1) ?? '';
  return (
    /^(?:some|any)thing\b/u.test(words) ||
    [words, one, noun].some((name) => taughtKinds.has(name) || untaught.has(name))
  );
}
