import { Remembered } from '../../core/remembered.ts';

/** COCO's 80 object classes (Lin et al., arXiv:1405.0312) in the detector's order: its class number is the index. */
export const cocoLabels = [
  ...['person', 'bicycle', 'car', 'motorcycle', 'airplane', 'bus', 'train', 'truck', 'boat', 'traffic light'],
  ...['fire hydrant', 'stop sign', 'parking meter', 'bench', 'bird', 'cat', 'dog', 'horse', 'sheep', 'cow'],
  ...[
    'elephant',
    'bear',
    'zebra',
    'giraffe',
    'backpack',
    'umbrella',
    'handbag',
    'tie',
    'suitcase',
    'frisbee',
  ],
  ...[
    'skis',
    'snowboard',
    'sports ball',
    'kite',
    'baseball bat',
    'baseball glove',
    'skateboard',
    'surfboard',
  ],
  ...['tennis racket', 'bottle', 'wine glass', 'cup', 'fork', 'knife', 'spoon', 'bowl', 'banana', 'apple'],
  ...['sandwich', 'orange', 'broccoli', 'carrot', 'hot dog', 'pizza', 'donut', 'cake', 'chair', 'couch'],
  ...['potted plant', 'bed', 'dining table', 'toilet', 'tv', 'laptop', 'mouse', 'remote', 'keyboard'],
  ...['cell phone', 'microwave', 'oven', 'toaster', 'sink', 'refrigerator', 'book', 'clock', 'vase'],
  ...['scissors', 'teddy bear', 'hair drier', 'toothbrush'],
] as const;

/** One of {@link cocoLabels}. */
type CocoLabel = (typeof cocoLabels)[number];

/** What a word or phrase, in the singular, means to the detector. */
export interface VocabularyEntry {
  /** The classes it may be seen as; none for phrases that only look like a class ("mouse pad"). */
  labels: readonly string[];
  /** True where these classes are just what is meant; false for narrower ("poodle") and wider words ("animal"). */
  exact: boolean;
  /** How many of them the word itself asks for ("crowd"). */
  count: number;
  /** Chance that one of the class is what the word means, where the class stands for several words: "woman". */
  chance?: number;
}

/** Words that mean just these classes. */
const same: readonly [labels: string, words: string][] = [
  ['person', 'human, human being, individual, someone, somebody, anyone, anybody, folk, figure'],
  ['person', 'pedestrian, passer-by, bystander'],
  ['bicycle', 'push bike, pushbike, pedal bike, mountain bike, road bike'],
  ['bicycle, motorcycle', 'bike'],
  ['car', 'automobile, motor car, motorcar'],
  ['motorcycle', 'motorbike, motor bike, motor cycle, moped'],
  ['airplane', 'aeroplane, plane, aircraft, airliner, jetliner, jumbo jet, jet plane'],
  ['bus', 'motor bus, double-decker, double decker, minibus'],
  ['train', 'railway train, locomotive, train car'],
  ['truck', 'lorry'],
  ['boat', 'ship, vessel'],
  ['traffic light', 'traffic signal, stoplight, stop light'],
  ['fire hydrant', 'hydrant, fireplug'],
  ['bench', 'park bench'],
  ['cat', 'kitty, pussycat, house cat'],
  ['dog', 'doggy, doggie, hound'],
  ['cow', 'cattle'],
  ['backpack', 'rucksack, knapsack, school bag, schoolbag'],
  ['umbrella', 'parasol, brolly'],
  ['handbag', 'purse, hand bag, shoulder bag, tote bag'],
  ['tie', 'necktie, neck tie, bow tie, bowtie'],
  ['suitcase', 'trolley case, roller bag'],
  ['backpack, handbag, suitcase', 'luggage, baggage'],
  ['frisbee', 'flying disc, flying disk'],
  ['skis', 'ski'],
  ['sports ball', 'ball, football, soccer ball, basketball, volleyball, tennis ball, rugby ball, beach ball'],
  ['baseball bat', 'cricket bat'],
  ['baseball glove', 'baseball mitt, catcher mitt'],
  ['tennis racket', 'tennis racquet, racket, racquet'],
  ['bottle', 'flask'],
  ['wine glass', 'wineglass, champagne glass, goblet'],
  ['cup', 'mug, teacup, tea cup, coffee cup, coffee mug, paper cup, beaker, tumbler'],
  ['wine glass, cup', 'glass, drinking glass, glasses of'],
  ['fork, knife, spoon', 'cutlery, silverware, flatware'],
  ['donut', 'doughnut'],
  ['hot dog', 'hotdog'],
  ['cake', 'birthday cake, cupcake, layer cake, carrot cake, chocolate cake'],
  ['couch', 'sofa, settee, loveseat, love seat'],
  ['chair', 'armchair, rocking chair, office chair, wooden chair'],
  ['potted plant', 'houseplant, house plant, pot plant, plant pot, flowerpot, flower pot'],
  ['dining table', 'dinner table, kitchen table'],
  ['toilet', 'lavatory, loo'],
  [
    'tv',
    'television, telly, tv set, television set, tv screen, flat screen, computer monitor, computer screen',
  ],
  ['laptop', 'laptop computer, notebook computer, macbook'],
  ['mouse', 'computer mouse'],
  ['remote', 'remote control, tv remote, remote controller'],
  ['keyboard', 'computer keyboard'],
  ['cell phone', 'cellphone, mobile phone, smartphone, smart phone, phone, mobile, iphone, handset'],
  ['microwave', 'microwave oven'],
  ['oven', 'stove, cooker'],
  ['sink', 'washbasin, wash basin, basin, kitchen sink'],
  ['refrigerator', 'fridge, fridge freezer, icebox'],
  ['clock', 'wall clock, alarm clock'],
  ['scissors', 'shears'],
  ['teddy bear', 'teddy, stuffed bear, plush bear'],
  ['hair drier', 'hairdryer, hair dryer, hairdrier, blow dryer, blow drier, blowdryer'],
  ['toothbrush', 'tooth brush'],
  ['car, motorcycle, bus, truck', 'motor vehicle'],
  ['bicycle, car, motorcycle, airplane, bus, train, truck, boat', 'vehicle'],
];

/**
 * Words that a class stands for among others: where it isn't seen they aren't there, and where it is, it is one of them with
 * about this chance. By hand, by what is seen in footage of every day.
 */
const oneOf: readonly [chance: number, label: string, words: string][] = [
  [0.5, 'person', 'man, woman, gentleman, lady, guy, bloke, dude, fellow, gal, adult, grown-up'],
  [0.25, 'person', 'boy, girl, lad, child, kid, teenager, teen, youngster'],
  [0.15, 'person', 'baby, toddler, infant'],
  [0.3, 'car', 'sedan, suv, hatchback, minivan'],
  [0.15, 'car', 'taxi, cab, taxicab, jeep'],
  [
    0.25,
    'truck',
    'pickup, pickup truck, pick-up, pick-up truck, semi-trailer, fire truck, garbage truck, fire engine',
  ],
  [0.3, 'boat', 'sailboat, sailing boat, motorboat, speedboat, rowboat, rowing boat, ferry, yacht'],
  [0.25, 'cat', 'kitten'],
  [0.25, 'dog', 'puppy, pup'],
  [0.25, 'horse', 'pony, foal, stallion, mare'],
  [0.25, 'sheep', 'lamb, ewe'],
  [0.25, 'cow', 'bull, ox'],
];

/** Narrower words (a person is no proof of a surgeon) and wider ones (there are animals beyond these ten). */
const near: readonly [labels: string, words: string][] = [
  [
    'person',
    'driver, rider, cyclist, biker, passenger, player, athlete, runner, jogger, skier, surfer, swimmer',
  ],
  [
    'person',
    'skateboarder, snowboarder, climber, dancer, singer, musician, actor, actress, presenter, speaker',
  ],
  [
    'person',
    'teacher, student, pupil, worker, doctor, nurse, surgeon, chef, waiter, waitress, farmer, fisherman',
  ],
  ['person', 'policeman, policewoman, police officer, officer, soldier, fireman, firefighter, guard, cowboy'],
  [
    'person',
    'bride, groom, mother, father, mom, mum, dad, brother, sister, grandmother, grandfather, friend',
  ],
  ['person', 'customer, shopper, tourist, visitor, guest, photographer, businessman, businesswoman, face'],
  ['car', 'convertible, limousine, limo, sports car, race car, racing car, police car, toy car'],
  ['car, truck', 'van, ambulance, camper, camper van'],
  ['car, motorcycle, bus, truck, bicycle', 'traffic'],
  ['motorcycle', 'scooter, vespa'],
  ['airplane', 'jet, glider, biplane, seaplane, fighter jet'],
  ['bus', 'trolleybus'],
  ['train', 'tram, streetcar, subway, metro, monorail'],
  ['truck', 'tractor, bulldozer, trailer'],
  ['boat', 'canoe, kayak, raft, gondola, barge, schooner, ketch, sail, submarine'],
  [
    'bird',
    'pigeon, dove, seagull, gull, duck, swan, goose, parrot, crow, raven, sparrow, eagle, hawk, owl, hen',
  ],
  [
    'bird',
    'rooster, flamingo, penguin, ostrich, emu, peacock, heron, stork, ibis, pelican, robin, turkey, chicken',
  ],
  [
    'dog',
    'poodle, dalmatian, labrador, terrier, bulldog, german shepherd, husky, retriever, greyhound, beagle',
  ],
  ['cat', 'tabby, siamese cat, wild cat, wildcat'],
  ['horse', 'donkey, mule'],
  ['sheep', 'goat, ram'],
  ['cow', 'calf, bison, buffalo'],
  ['bear', 'panda, polar bear, grizzly, grizzly bear, brown bear, bear cub'],
  ['cat, dog, bird', 'pet'],
  ['bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe', 'animal, creature, mammal'],
  ['horse, sheep, cow', 'livestock, farm animal'],
  ['elephant, bear, zebra, giraffe', 'wild animal'],
  ['backpack, handbag, suitcase', 'bag, briefcase'],
  ['sports ball', 'baseball, golf ball, toy ball'],
  ['mouse', 'mouse'],
  ['bottle', 'beer bottle, wine bottle, water bottle, milk bottle'],
  ['fork, knife, spoon, bowl, cup', 'tableware, dishes, crockery'],
  ['banana, apple, orange', 'fruit'],
  ['broccoli, carrot', 'vegetable, veggie'],
  ['orange', 'tangerine, mandarin, clementine'],
  ['sandwich', 'burger, hamburger, cheeseburger, baguette, toast'],
  ['hot dog', 'sausage'],
  ['banana, apple, sandwich, orange, broccoli, carrot, hot dog, pizza, donut, cake', 'food, snack, meal'],
  ['donut, cake', 'dessert, pastry, pie'],
  ['bottle, wine glass, cup', 'drink, beverage'],
  ['chair, bench', 'seat, stool'],
  ['chair, couch, bed, dining table, bench', 'furniture'],
  ['dining table', 'table, desk, coffee table, side table'],
  ['potted plant', 'plant, bonsai'],
  ['vase', 'jug, pitcher, urn'],
  ['tv', 'monitor, screen, display'],
  ['laptop, keyboard, tv', 'computer, pc, desktop computer'],
  ['microwave, oven, toaster, refrigerator', 'kitchen appliance, appliance'],
  ['tv, laptop, cell phone, remote, keyboard', 'electronics, gadget, electronic device'],
  ['cell phone', 'telephone'],
  ['book', 'notebook, magazine, textbook, novel, paperback, dictionary'],
  ['clock', 'watch, wristwatch, wrist watch, pocket watch'],
  ['teddy bear', 'stuffed animal, stuffed toy, plush toy, soft toy, cuddly toy, plushie'],
  ['knife', 'dagger, blade'],
];

/** Words for several people at once. */
const groups: readonly [count: number, words: string][] = [
  [3, 'crowd, audience, team, spectators'],
  [2, 'couple, family, duo'],
];

/** Phrases that hold a class's name, or a word for it, and mean something else. */
const traps = `
  dog bed, cat bed, pet bed, flower bed, river bed, sea bed, truck bed, corn dog, prairie dog, cable car,
  bumper car, car seat, baby seat, toilet seat, bike seat, cable tie, zip tie, sea horse, seahorse,
  rocking horse, clothes horse, guinea pig, sea lion, toilet bowl, magnifying glass, looking glass,
  stained glass, hour glass, glasses, eye glasses, sun glasses, reading glasses, safety glasses, dog bowl,
  cat bowl, pool table, billiard table, time table, operating table, tuning fork, crystal ball, disco ball,
  eye ball, meat ball, snow ball, cannon ball, paper plane, paper airplane, power plant, face cloth,
  world cup, piano keyboard, smoke screen, sun screen, wind screen, touch screen, blood vessel, water fowl,
  toy food, rock band, bird watching, dog walking, dog training, horse riding, car racing, kite surfing,
  book keeping, train spotting, cake baking, computer science, computer game, video game
`;

/** Words that are adjectives or materials when another noun follows at once: "orange car", "glass door". */
export const modifiers: ReadonlySet<string> = new Set(
  'orange glass chicken apple carrot banana computer turkey fruit human animal pet food plant baby toy'.split(
    ' ',
  ),
);

/** Words that are as often verbs; they count as things after an article, an adjective or a number, or alone. */
export const alsoVerbs: ReadonlySet<string> = new Set(
  'tie watch ship bowl drink toast seat guard face sail display fork duck book bear train'.split(' '),
);

/** Things that come as a pair of two halves: "a pair of scissors" is one. */
export const pairs: ReadonlySet<string> = new Set(['scissors', 'skis']);

/** Words and phrases in the singular, lower case, with what they mean to a detector. */
export type Vocabulary = ReadonlyMap<string, VocabularyEntry>;

/** The vocabulary of a detector of COCO's classes. */
export const vocabulary: Vocabulary = buildVocabulary();

const byLabels = new Remembered<Vocabulary>(16);

/** The words that mean something to a detector of some classes: COCO's by all their names, others by their own. */
export function vocabularyOf(labels: readonly string[]): Vocabulary {
  return byLabels.get(labels.join('\n'), () => narrowed(new Set(labels)));
}

function narrowed(labels: ReadonlySet<string>): Vocabulary {
  const table = new Map<string, VocabularyEntry>();
  for (const [words, entry] of vocabulary) {
    const left = entry.labels.filter((label) => labels.has(label));
    // What only looks like a class stays a trap; what is left of "animal" is some kinds of it.
    if (left.length === entry.labels.length) table.set(words, entry);
    else if (left.length > 0) table.set(words, { ...entry, labels: left, exact: false });
  }
  for (const label of labels)
    if (!table.has(label.toLowerCase()))
      table.set(label.toLowerCase(), { labels: [label], exact: true, count: 1 });
  return table;
}

function buildVocabulary(): Map<string, VocabularyEntry> {
  const table = new Map<string, VocabularyEntry>();
  const add = (words: readonly string[], entry: VocabularyEntry) => {
    for (const word of words) table.set(word, entry);
  };
  for (const trap of list(traps)) table.set(trap, { labels: [], exact: false, count: 1 });
  for (const label of cocoLabels) table.set(label, { labels: [label], exact: true, count: 1 });
  for (const [chance, label, words] of oneOf)
    add(list(words), { labels: labelList(label), exact: true, count: 1, chance });
  for (const [labels, words] of same) add(list(words), { labels: labelList(labels), exact: true, count: 1 });
  // "mouse" alone may be the animal, so what is near overrides what is the same.
  for (const [labels, words] of near) add(list(words), { labels: labelList(labels), exact: false, count: 1 });
  for (const [count, words] of groups) add(list(words), { labels: ['person'], exact: false, count });
  return table;
}

function list(text: string): string[] {
  return text.trim().split(/,\s+/u);
}

function labelList(text: string): CocoLabel[] {
  return list(text).map((name) => {
    const label = cocoLabels.find((known) => known === name);
    if (!label) throw new Error(`the vocabulary names "${name}", which is no class of the detector`);
    return label;
  });
}
