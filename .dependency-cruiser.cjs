/** The house's arrows (build/rooms.cjs): an import that they don't list fails `npm run check`. */
const { rooms, testsMayImport, narrowHosts, doors } = require('./build/rooms.cjs');

const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });
const one = (names) => `(${names.join('|')})`;
const tests = '(\\.test\\.ts$|/testing/)';
/** Everything of ours but some rooms of engine/. */
const ours = '(engine|models|electron|renderer|build|bench|demo|tests)/';
const allBut = (names) => `^(?!engine/${one(names)}/)${ours}`;

const roomRules = Object.entries(rooms).flatMap(([room, may]) => [
  forbid(
    `${room}-imports-only-its-own`,
    { path: `^engine/${room}/`, pathNot: tests },
    { path: allBut([room, ...may]) },
    `engine/${room} may import: ${may.join(', ') || 'nothing of ours'} (build/rooms.cjs).`,
  ),
  forbid(
    `${room}-tests-import-only-theirs`,
    { path: `^engine/${room}/.*${tests}` },
    { path: `^(?!engine/${one([room, ...may, ...(testsMayImport[room] ?? [])])}/)(?!tests/|demo/)${ours}` },
    `Tests of engine/${room} may import besides: ${['tests', 'demo', ...(testsMayImport[room] ?? [])].join(', ')}.`,
  ),
]);

const hostRules = Object.entries(narrowHosts).map(([host, may]) =>
  forbid(
    `host-${host}-imports-only-its-own`,
    { path: `^engine/hosts/${host}/`, pathNot: tests },
    { path: `^(?!engine/(hosts/${host}|${may.join('|')})[/.])${ours}` },
    `engine/hosts/${host} may import: ${may.join(', ')} (build/rooms.cjs).`,
  ),
);
const doorRules = doors.map(({ name, packages, place, why }) =>
  forbid(name, { pathNot: place }, { path: `(^|/)${packages}(/|$)`, dependencyTypesNot: ['type-only'] }, why),
);

module.exports = {
  forbidden: [
    forbid(
      'no-circular',
      {},
      { circular: true },
      'Two files that need each other are one idea in two places.',
    ),
    ...roomRules,
    ...hostRules,
    ...doorRules,
    forbid(
      'every-room-is-listed',
      { path: `^engine/(?!${one([...Object.keys(rooms), 'hosts'])}/)[^/]+/` },
      {},
      'A new room of engine/ is listed in build/rooms.cjs first.',
    ),
    forbid(
      'arithmetic-alone',
      { path: '^engine/(hope|evaluation)/', pathNot: tests },
      { path: '^node:', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'engine-below-hosts',
      { path: '^engine/engine\\.ts' },
      { path: `^engine/hosts/|^(?!engine/)${ours}` },
    ),
    forbid(
      'hosts-use-the-engine',
      { path: '^engine/hosts/', pathNot: tests },
      {
        path: `^(?!engine/(hosts|protocol|core|evaluation|export|needle|media|inference/runtime)/|engine/(engine|speech/listener-process)\\.ts)${ours}`,
      },
      'Hosts know the engine through engine.ts and its protocol.',
    ),
    forbid(
      'one-door-to-the-runtime',
      { pathNot: '^engine/onnxruntime/' },
      { path: '(^|/)onnxruntime-(node|common|web)(/|$)', dependencyTypesNot: ['type-only'] },
      'Its telemetry is off only where engine/onnxruntime has loaded it.',
    ),
    forbid('engine-knows-no-window', { path: '^engine/' }, { path: '(^|/)(electron|svelte|renderer)(/|$)' }),
    forbid(
      'renderer-knows-the-protocol',
      { path: '^renderer/', pathNot: tests },
      { path: `^(?!renderer/|engine/protocol/)${ours}` },
    ),
    forbid(
      'shell-knows-the-protocol',
      { path: '^electron/', pathNot: tests },
      { path: `^(?!electron/|engine/(protocol|core|hosts)/)${ours}` },
    ),
    forbid('nothing-imports-bench', { pathNot: '^(bench/|build/)|\\.test\\.ts$' }, { path: '^bench/' }),
    forbid(
      'demo-is-for-tests-and-benches',
      { path: '^(engine|electron|renderer)/', pathNot: tests },
      { path: '^demo/' },
    ),
    // Harnesses break what tests make, in a short form there and a long one by command.
    forbid(
      'nothing-imports-tests',
      { pathNot: `(^tests/|^bench/(kills|hostile-libraries)/|${tests})` },
      { path: '^tests/' },
    ),
    forbid('not-to-unresolvable', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^models/training' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json', '.svelte', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
