import { singular } from './inflection.ts';
import { kindWords, searchedThing } from './prompts.ts';

/** Other words for categories: nobody answers for these. */
const otherKinds = new Set(
  [
    'pet, amphibian, livestock, wildlife, snack, dessert, sweet, something to eat, something to drink',
    'aircraft, machine, device, gadget, appliance, electronics, furniture, piece of furniture, weapon, container',
    'footwear, headgear, jewellery, jewelry, accessory, sports equipment, toy',
    'object, thing, item, stuff, something, anything',
  ].flatMap((line) => line.split(', ')),
);

/** Whether a query or subject is after a category of things: "an animal", "wild animals", "something that flies". */
export function isCategory(subject: string): boolean {
  const words = searchedThing(subject);
  const one = singular(words);
  const noun = one.split(' ').at(-1) ?? '';
  return (
    /^(?:some|any)thing\b/u.test(words) ||
    [words, one, noun].some((name) => kindWords.has(name) || otherKinds.has(name))
  );
}
