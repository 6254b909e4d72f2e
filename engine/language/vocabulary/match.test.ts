import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cocoLabels, matchNouns } from './match.ts';
import { vocabulary } from './table.ts';

/** What a query asks for, in short: "2 person@left + dog#red-white | big" (the rest after the bar), "!" in front when covered. */
function read(text: string): string {
  const { objects, rest, covered } = matchNouns(text);
  const things = objects.map(({ labels, count, places, colours, heading, exact }) => {
    const number = count > 1 ? `${count} ` : '';
    const place = places.length > 0 ? `@${places.join('-')}` : '';
    const colour = colours.length > 0 ? `#${colours.join('-')}` : '';
    return number + labels.join('/') + (exact ? '' : '~') + colour + (heading ? `>${heading}` : '') + place;
  });
  return (
    (covered ? '!' : '') + [things.join(' + '), ...(rest.length > 0 ? [rest.join(' ')] : [])].join(' | ')
  );
}

function reads(cases: Readonly<Record<string, string>>): void {
  for (const [query, expected] of Object.entries(cases)) assert.equal(read(query), expected, query);
}

describe('every class of the detector', () => {
  it('is known by its name, with any article, case and punctuation', () => {
    assert.equal(cocoLabels.length, 80);
    assert.equal(new Set(cocoLabels).size, 80);
    for (const label of cocoLabels) {
      // "A mouse" may be the animal, so the detector's silence about its mouse says nothing.
      const expected = label === 'mouse' ? 'mouse~' : `!${label}`;
      for (const query of [label, `a ${label}`, `The ${label.toUpperCase()}?`, `“${label}”`, `  ${label} !!`])
        assert.equal(read(query), expected, query);
      assert.equal(read(`find a video with a ${label} in it, please`), expected);
    }
  });

  it('is known by its plural', () => {
    const plurals: Record<string, string> = {
      person: 'people',
      knife: 'knives',
      mouse: 'mice',
      sheep: 'sheep',
    };
    for (const label of cocoLabels) {
      const regular = /(?:s|x|ch|sh)$/u.test(label) ? `${label}es` : `${label}s`;
      const plural = plurals[label] ?? (/^(?:skis|scissors)$/u.test(label) ? label : regular);
      assert.deepEqual(
        matchNouns(`some ${plural}`).objects.map(({ labels }) => labels),
        [[label]],
        plural,
      );
    }
  });

  it('is only known as a whole word', () => {
    for (const label of cocoLabels)
      for (const query of [`${label}ma`, `un${label}`, `${label}-like`, `${label}'s`])
        assert.ok(!matchNouns(query).objects.some((object) => object.words === label), query);
    reads({ dogma: ' | dogma', carpet: ' | carpet', catalogue: ' | catalogue', 'a bookcase': ' | bookcase' });
  });
});

describe('every word of the vocabulary', () => {
  it('leads to its classes, alone and in a sentence', () => {
    for (const [phrase, entry] of vocabulary) {
      if (phrase.endsWith(' of')) continue;
      const wanted = entry.labels.length > 0 ? [[...entry.labels]] : [];
      for (const query of [phrase, `is there a ${phrase} in the video?`])
        assert.deepEqual(
          matchNouns(query).objects.map(({ labels }) => labels),
          wanted,
          query,
        );
    }
  });

  it('covers a query alone exactly when its classes are just what it means', () => {
    for (const [phrase, entry] of vocabulary)
      if (!phrase.endsWith(' of'))
        assert.equal(matchNouns(phrase).covered, entry.exact && entry.labels.length > 0, phrase);
  });
});

describe('common words', () => {
  it('for people, animals and things lead to classes', () => {
    reads({
      'a man': '!person',
      women: '!person',
      children: '!person',
      someone: '!person',
      'a surgeon': 'person~',
      animals: 'bird/cat/dog/horse/sheep/cow/elephant/bear/zebra/giraffe~',
      'a pet': 'cat/dog/bird~',
      'a vehicle': '!bicycle/car/motorcycle/airplane/bus/train/truck/boat',
      'an automobile': '!car',
      fruit: 'banana/apple/orange~',
      furniture: 'chair/couch/bed/dining table/bench~',
      'a sofa': '!couch',
      television: '!tv',
      TVs: '!tv',
      'my mobile phone': '!cell phone',
      bikes: '!bicycle/motorcycle',
      'a plane': '!airplane',
      'a poodle': 'dog~',
      'a watch': 'clock~',
      'the fridge': '!refrigerator',
      kittens: '!cat',
      puppies: '!dog',
    });
  });

  it('may be written with a hyphen', () => {
    reads({ 'a cell-phone': '!cell phone', 'a fire-hydrant': '!fire hydrant', 'hot-dogs': '!hot dog' });
  });
});

describe('what only looks like a class', () => {
  it('is no dog, no mouse and no bird', () => {
    reads({
      'a hot dog': '!hot dog',
      hotdogs: '!hot dog',
      'a mouse pad': ' | mouse pad',
      "bird's-eye view": " | bird's-eye",
      'bird’s-eye view of a city': " | bird's-eye city",
      "the dog's tail": " | dog's tail",
      'teddy bears': '!teddy bear',
      'a dog bed': ' | dog bed',
      'a sea horse': ' | sea horse',
    });
  });

  it('is the first half of another noun', () => {
    reads({
      'car keys': ' | car keys',
      'a bus stop': ' | bus stop',
      'a train station': ' | train station',
      'toilet paper': ' | toilet paper',
      'a bus driver': 'person~ | bus',
      'an apple laptop': 'laptop | apple',
      'a remote island': ' | remote island',
    });
  });

  it('is a colour or a material', () => {
    reads({
      'an orange car': '!car#orange',
      'an orange': '!orange',
      'an orange on a plate': 'orange | plate',
      'an orange rolling away': '!orange>farther',
      'a man in orange': '!person#orange',
      'an orange and white cat': '!cat#orange-white',
      'a black and orange bus': '!bus#black-orange',
      'orange juice': ' | orange juice',
      'a glass': '!wine glass/cup',
      'a wine glass': '!wine glass',
      'a glass door': ' | glass door',
      'two glasses of wine': '2 wine glass/cup | wine',
      glasses: ' | glasses',
    });
  });

  it('is a verb', () => {
    reads({
      'watch the dog': 'dog | watch',
      'people tie knots': 'person | tie knots',
      'a man wearing a tie': 'person + tie | wearing',
      'he books a flight': ' | books flight',
    });
  });
});

describe('numbers', () => {
  it('are digits, words and phrases, and mean at least so many', () => {
    reads({
      'two people': '!2 person',
      '3 dogs': '!3 dog',
      'several cars': '!3 car',
      'a couple of dogs': '!2 dog',
      'a couple of big dogs': '2 dog | big',
      'at least four birds': '!4 bird',
      'more than two cars': '!3 car',
      'two or three cats': '!2 cat',
      'a crowd of people': '!3 person',
      'a dozen bottles': '!12 bottle',
      'two red cars': '!2 car#red',
      '2 dogs and 3 cats': '!2 dog + 3 cat',
      'a person and two dogs': '!person + 2 dog',
    });
  });

  it('know that some things come in pairs', () => {
    reads({ 'a pair of scissors': '!scissors', 'two scissors': '!2 scissors', 'a pair of dogs': '!2 dog' });
  });

  it('that count nothing known are left over', () => {
    reads({ 'the number 7': ' | number 7', 'a 3d printer': ' | 3d printer', '2019': ' | 2019' });
  });
});

describe('places', () => {
  it('are sides, corners and the middle of the picture', () => {
    reads({
      'a dog on the left': '!dog@left',
      'a dog on the right-hand side of the frame': '!dog@right',
      'a person in the top right corner': '!person@top-right',
      'a person in the lower-left corner': '!person@bottom-left',
      'a bottle in the middle': '!bottle@middle',
      'a bottle in the centre of the picture': '!bottle@middle',
      'a clock at the top of the screen': '!clock@top',
      'on the left a dog': '!dog@left',
      'a car to the left': '!car@left',
    });
  });

  it('belong to the thing that they follow', () => {
    reads({
      'a person on the left and a dog on the right': '!person@left + dog@right',
      'a dog and a person on the right': '!dog + person@right',
    });
    assert.equal(matchNouns('a cup in the upper left').objects[0].place, 'top');
    assert.equal(matchNouns('a cup').objects[0].place, undefined);
  });

  it('of other things, directions and handedness are no places of the picture', () => {
    reads({
      'a car to the left of a truck': 'car + truck | left',
      'a car in the middle of the road': 'car | middle road',
      'a dog at the end of the video': 'dog | end',
      'a dog in the middle of the video': 'dog | middle',
      'a car turning to the left': 'car | turning left',
      'a person on the right track': 'person | right track',
      'a cup on top of a book': 'cup + book | top',
    });
  });
});

describe('colours', () => {
  it('stand before a thing or after it', () => {
    reads({
      'a dark red car': '!car#red',
      'a car that is red': '!car#red',
      'silver laptop': '!laptop#grey',
      'a red car on the left': '!car#red@left',
      'a black cat and a white dog': '!cat#black + dog#white',
      'a dog on a green sofa': '!dog + couch#green',
      'three big red balls': '3 sports ball#red | big',
      'a brown horse running': 'horse#brown | running',
    });
  });

  it('are a person’s where something worn has them, and what is small stays to be looked for', () => {
    reads({
      'someone in red': '!person#red',
      'a woman wearing a green dress': '!person#green',
      'a man in a yellow raincoat': '!person#yellow',
      'a boy in a red cap': 'person | red cap',
      'people in white coats': '!person#white',
      'a man in black walking to the left': '!person#black>left',
      'a person with a red umbrella': '!person + umbrella#red',
      'a person in a red car': '!person + car#red',
    });
  });

  it('of what the detector does not see, of either of two and of pictures are left', () => {
    reads({
      'a bottle with a blue cap': 'bottle | blue cap',
      'a red car or a bus': 'car/bus | red',
      'a black and white photo of a dog': 'dog | black white',
      'a red traffic light': 'traffic light | red',
      'a golden retriever': 'dog~ | golden',
      'a person with red hair': 'person | red hair',
      'a dog under a blue sky': 'dog | under blue sky',
    });
  });
});

describe('ways that things move', () => {
  it('are told by words right after a thing', () => {
    reads({
      'a car driving to the left': '!car>left',
      'a person walking from left to right': '!person>right',
      'a car coming from the left': '!car>right',
      'a red car driving away': '!car#red>farther',
      'a dog that runs towards the camera': '!dog>nearer',
      'a person approaching': '!person>nearer',
      'a bird flying up': '!bird>up',
      'a person who walked away': '!person>farther',
      'a car drive to the left': '!car>left',
      'a person moving left and a dog': '!person>left + dog',
    });
  });

  it('are none where the words mean something else', () => {
    reads({
      'people walking up the stairs': 'person | walking up stairs',
      'a person running a shop': 'person | running shop',
      'a person walking to the shop': 'person | walking shop',
      'a car driving': 'car | driving',
    });
  });
});

describe('several things', () => {
  it('are all wanted, or any of them after "or"', () => {
    reads({
      'a man with a dog': '!person + dog',
      'person bicycle': '!person + bicycle',
      'cats and dogs': '!cat + dog',
      'a dog or a cat': '!dog/cat',
      'a dog, a cat or a bird': '!dog/cat/bird',
      'a bicycle, a car and a bus': '!bicycle + car + bus',
      'cats or dogs on a couch': '!cat/dog + couch',
    });
  });
});

describe('a query is covered', () => {
  it('not when it asks for more than the detector knows', () => {
    reads({
      'a fast car': 'car | fast',
      'a person riding a bicycle': 'person + bicycle | riding',
      'a cup of coffee': 'cup | coffee',
      'a dog under a bench': 'dog + bench | under',
      'a sunset': ' | sunset',
      斑马: ' | 斑马',
    });
  });

  it('not when it is negative, and what is not wanted is not looked for', () => {
    reads({
      'a street without cars': ' | street without cars',
      'no people': ' | no people',
      nobody: ' | nobody',
      'no dogs but a cat': 'cat | no dogs but',
      "there isn't a dog": " | isn't dog",
    });
  });

  it('not when it is empty or only asks', () => {
    for (const query of ['', '   ', '?!', 'show me the video', 'where is it?', '__proto__', 'constructor'])
      assert.equal(matchNouns(query).covered, false, query);
  });
});

describe('any text', () => {
  const pieces = [
    ...[
      'a',
      'the',
      'two',
      '3',
      'no',
      'or',
      'and',
      ',',
      'of',
      'on the left',
      'in the top right corner',
      'orange',
    ],
    ...[
      'dog',
      'dogs',
      'hot',
      'cat',
      'people',
      'red',
      'couple',
      'glasses',
      'of',
      'watch',
      '?',
      "bird's",
      'pair of',
    ],
    ...['mouse', 'pad', 'riding', 'to', 'left', '🐕', 'ç', '-', "'", 'more than', 'at least', 'toString'],
  ];

  it('is read without failing, and each of its words counts at most once', () => {
    let state = 12345;
    const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
    for (let round = 0; round < 3000; round++) {
      const length = Math.floor(random() * 9);
      const query = Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]).join(' ');
      const { objects, rest, covered } = matchNouns(query);
      const words = query
        .toLowerCase()
        .split(/[\s,?-]+/u)
        .filter((word) => word !== '');
      const counted = [...objects.flatMap((o) => o.words.split(' ')), ...rest].filter((w) => w !== 'or');
      for (const word of new Set(counted)) {
        const times = (list: readonly string[]) => list.filter((other) => other === word).length;
        assert.ok(times(counted) <= times(words), `${query}: "${word}" counts twice`);
      }
      for (const object of objects) {
        assert.ok(object.labels.length > 0 && object.count >= 1 && object.count <= 101, query);
        assert.ok(object.places.length <= 2 && object.place === object.places[0], query);
      }
      assert.equal(
        covered,
        objects.length > 0 && rest.length === 0 && objects.every((object) => object.exact),
        query,
      );
      assert.deepEqual(matchNouns(` ${query.toUpperCase()} `), matchNouns(query), query);
    }
  });
});
