/** The house's arrows (ARCHITECTURE.md): an import against them fails `npm run check`. */
const room = (name) => `^engine/${name}/`;
const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

module.exports = {
  forbidden: [
    forbid(
      'no-circular',
      {},
      { circular: true },
      'Two files that need each other are one idea in two places.',
    ),
    forbid(
      'protocol-stands-alone',
      { path: room('protocol') },
      { path: '^(engine/(?!protocol/)|models|electron|renderer|build|bench)' },
    ),
    forbid(
      'hope-is-arithmetic',
      { path: room('hope'), pathNot: '\\.test\\.ts$' },
      { path: '^(engine/(?!hope/|protocol/)|node:|models)' },
    ),
    forbid(
      'media-below',
      { path: room('media') },
      { path: '^engine/(vlm/(?!types\\.ts)|store|indexing|search|export|evaluation|hosts|engine\\.ts)' },
    ),
    forbid(
      'vlm-below',
      { path: room('vlm') },
      { path: '^engine/(media|store|indexing|search|export|evaluation|hosts|engine\\.ts)' },
    ),
    forbid(
      'store-below',
      { path: room('store') },
      { path: '^engine/(media|vlm/(?!types\\.ts)|indexing|search|export|evaluation|hosts|engine\\.ts)' },
    ),
    forbid(
      'indexing-beside-search',
      { path: room('indexing') },
      { path: '^engine/(search|export|evaluation|hosts|engine\\.ts)' },
    ),
    forbid(
      'search-beside-indexing',
      { path: room('search') },
      { path: '^engine/(indexing|export|evaluation|hosts|engine\\.ts)' },
    ),
    forbid('export-cuts-footage', { path: room('export') }, { path: '^engine/(?!export/|media/|protocol/)' }),
    forbid(
      'evaluation-is-arithmetic',
      { path: room('evaluation'), pathNot: '\\.test\\.ts$' },
      { path: '^(engine/(?!evaluation/|protocol/)|node:|models)' },
    ),
    forbid(
      'needle-plants-only',
      { path: room('needle'), pathNot: '\\.test\\.ts$' },
      { path: '^(engine/(?!needle/|media/|vlm/types\\.ts|protocol/)|models)' },
    ),
    forbid('engine-below-hosts', { path: '^engine/engine\\.ts' }, { path: room('hosts') }),
    forbid('engine-knows-no-window', { path: '^engine/' }, { path: '(^|/)(electron|svelte|renderer)(/|$)' }),
    forbid(
      'convert-below',
      { path: '^models/convert/', pathNot: '\\.test\\.ts$' },
      { path: '^engine/(?!protocol/|hope/)' },
    ),
    forbid(
      'renderer-knows-the-protocol',
      { path: '^(renderer|electron)/' },
      { path: '^engine/(?!protocol/|hosts/)' },
    ),
    forbid('nothing-imports-tests', { pathNot: '(^tests/|\\.test\\.ts$)' }, { path: '^tests/' }),
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
