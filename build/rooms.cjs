// The house: which room may import which. `.dependency-cruiser.cjs` makes its rules from this list, and
// `build/draw-house.ts` draws ARCHITECTURE.md's table from it. What isn't listed is refused, in tests and barrels too.

/** Rooms of engine/, lowest first, each with what it may import of ours besides itself. */
const rooms = {
  protocol: [],
  onnxruntime: [],
  core: ['protocol'],
  hope: ['protocol'],
  evaluation: ['protocol'],
  language: ['core', 'protocol'],
  vision: ['core', 'protocol'],
  media: ['core', 'protocol'],
  convert: ['onnxruntime', 'hope', 'protocol'],
  inference: ['onnxruntime', 'core', 'hope', 'protocol'],
  'screen-text': ['onnxruntime', 'inference', 'core', 'protocol'],
  speech: ['media', 'core', 'protocol'],
  export: ['media', 'core', 'protocol'],
  needle: ['inference', 'media', 'core', 'protocol'],
  library: ['language', 'vision', 'core', 'protocol'],
  hub: ['library', 'core', 'protocol'],
  indexing: [
    'library',
    'speech',
    'screen-text',
    'inference',
    'media',
    'vision',
    'language',
    'core',
    'protocol',
  ],
  search: ['library', 'inference', 'vision', 'language', 'core', 'protocol'],
  answering: ['search', 'needle', 'library', 'inference', 'vision', 'language', 'core', 'protocol'],
  services: [
    'answering',
    'search',
    'indexing',
    'hub',
    'library',
    'needle',
    'export',
    'screen-text',
    'inference',
    'convert',
    'speech',
    'media',
    'vision',
    'language',
    'core',
    'protocol',
  ],
};

/** What tests (`*.test.ts` and folders named testing) of a room may import besides. */
const testsMayImport = {
  language: ['library'],
  media: ['vision'],
  inference: ['convert'],
  library: ['media'],
};

/** Hosts that may know less than the others: what each may import of ours besides itself. */
const narrowHosts = {
  mcp: ['protocol', 'core', 'media/given-path'],
};

/** Packages that one place alone may load, with the reason why. */
const doors = [
  {
    name: 'one-door-to-mcp',
    packages: '@modelcontextprotocol',
    place: '^(engine/hosts/mcp/|bench/mcp/|tests/)',
    why: 'No other command takes the time to load it.',
  },
];

module.exports = { rooms, testsMayImport, narrowHosts, doors };
