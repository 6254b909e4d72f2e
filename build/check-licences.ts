/** Fails when a package that ships has a licence that nobody has agreed to, or when the third parties' page lacks it. */
import { shippedPackages } from './packaging/licences.ts';

/** Terms under which a package may ship as a part of the program. */
const agreed = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'OFL-1.1',
  'BlueOak-1.0.0',
]);
/** A program of its own beside ours, that is started and not linked: its terms reach no further. */
const apart: Record<string, string> = { 'ffmpeg-static': 'GPL-3.0-or-later' };

const packages = shippedPackages();
const wrong = packages.filter(
  ({ name, licence }) =>
    !licence.split(/ OR |[()]/u).some((term) => agreed.has(term)) && apart[name] !== licence,
);
if (wrong.length > 0) {
  const lines = wrong.map(({ name, version, licence }) => `  ${name} ${version}: ${licence}`);
  process.stderr.write(`The licences of these packages were not agreed to:\n${lines.join('\n')}\n`);
  process.exit(1);
}
const counts = Map.groupBy(packages, ({ licence }) => licence);
const summary = [...counts]
  .map(([licence, some]) => `${licence} ${some.length}`)
  .sort()
  .join(', ');
process.stdout.write(`${packages.length} packages ship: ${summary}.\n`);
