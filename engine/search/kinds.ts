import { searchedThing, singular } from './prompts.ts';
import type { SearchDeps } from './types.ts';

/**
 * Words for kinds of things rather than things. The built-in model's text tower was taught most of them
 * (models/training's merges.py), its decoder none: it was taught names, and says no to "is there an animal?" whatever it
 * sees.
 */
const kinds = new Set(
  [
    'animal, creature, beast, pet, mammal, bird, insect, bug, reptile, amphibian, sea animal, sea creature, livestock, wildlife',
    'plant, flower, fruit, vegetable, food, meal, snack, dessert, sweet, drink, beverage, something to eat, something to drink',
    'vehicle, means of transport, watercraft, aircraft, boat or ship, machine, device, gadget, appliance, electronics',
    'building, structure, furniture, piece of furniture, instrument, musical instrument, tool, utensil, weapon, container',
    'clothing, clothes, garment, piece of clothing, footwear, headgear, jewellery, jewelry, accessory',
    'sports equipment, toy, object, thing, item, stuff, something, anything',
  ].flatMap((line) => line.split(', ')),
);

/** Whether the built-in decoder has words for it: it was taught names, no kinds, no colours and no motion. */
export function isTaught(thing: string, match: SearchDeps['match']): boolean {
  return (
    !isKind(thing) &&
    match(thing).objects.every(({ colours = [], heading }) => colours.length === 0 && !heading)
  );
}

/** Whether a query or subject is after a kind of thing: "an animal", "wild animals", "something that flies". */
export function isKind(subject: string): boolean {
  const words = searchedThing(subject);
  const one = singular(words);
  const noun = one.split(' ').at(-1) ?? '';
  return /^(?:some|any)thing\b/u.test(words) || [words, one, noun].some((name) => kinds.has(name));
}
