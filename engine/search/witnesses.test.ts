import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { builtinCalibration, MadeWorld, type MadeShot } from '../../tests/fixtures/search.ts';
import { matchNouns } from '../language/vocabulary/match.ts';
import { colours, packShares, type Colour } from '../protocol/colours.ts';
import { find } from './find.ts';

type Seen = NonNullable<MadeShot['seen']>[number];
const seen = (
  label: string,
  score: number,
  box: Seen['box'] = [0.3, 0.3, 0.5, 0.6],
  colour?: Colour,
): Seen => ({
  ...{ label, score, box },
  ...(colour && { colours: packShares(colours.map((one) => (one === colour ? 1 : 0))) }),
});
const large = [0.1, 0.1, 0.9, 0.9] as const;

/** Real footage to the built-in model: what words say isn't near any picture, unless a shot shows just that. */
async function best(query: string, shots: MadeShot[]) {
  const made = new MadeWorld(['street', 'shoes', 'motorcycle', 'dog', 'vase', 'person', 'bicycle', 'cat']);
  made.calibration = builtinCalibration;
  made.sureness = 0.6;
  made.add('film', shots);
  const { confident, moments } = await find({ ...made.deps, match: matchNouns }, { query });
  return { confident, moment: moments[0] };
}

suite('a moment', () => {
  test('whose box is surer of another class is none of this one', async () => {
    const bottle = seen('bottle', 0.85);
    const both = await best('a vase', [{ shows: 'street', seconds: 8, seen: [bottle, seen('vase', 0.45)] }]);
    assert.equal(both.confident, false);
    assert.match(both.moment.reason, /can’t tell whether “vase”/);
    const apart = [bottle, seen('vase', 0.45, [0.7, 0.3, 0.9, 0.6])];
    assert.equal((await best('a vase', [{ shows: 'street', seconds: 8, seen: apart }])).confident, true);
    assert.equal((await best('a bottle', [{ shows: 'street', seconds: 8, seen: [bottle] }])).confident, true);
  });

  test('of a large animal that only the detector half believes in is a guess; a person is not mistaken', async () => {
    const one = (label: string, score: number, box = large as Seen['box']) =>
      best(`a ${label}`, [{ shows: 'street', seconds: 8, seen: [seen(label, score, box)] }]);
    assert.equal((await one('dog', 0.44)).confident, false);
    assert.equal((await one('dog', 0.75)).confident, true);
    assert.equal((await one('dog', 0.44, [0.4, 0.4, 0.5, 0.5])).confident, true);
    assert.equal((await one('person', 0.44)).confident, true);
  });

  test('of a colour that was not seen is none, however much it looks like the thing', async () => {
    const red = seen('motorcycle', 0.8, large, 'red');
    const shots: MadeShot[] = [{ shows: 'motorcycle', seconds: 8, seen: [red] }];
    assert.equal((await best('a red motorcycle', shots)).confident, true);
    const { confident, moment } = await best('a blue motorcycle', shots);
    assert.equal(confident, false);
    assert.ok(moment.confidence <= 0.5);
  });
});
