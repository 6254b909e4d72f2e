// `npm start`: builds the interface where it is older than its source, and opens it. Takes what `longview serve` takes.
//   node build/start.ts [--library DIR] [--port N]
import { buildRenderer, rendererBuilt } from './renderer.ts';

process.stderr.write(
  'The desktop window (Electron) is not part of this version yet: Longview opens in your browser.\n',
);
if (!rendererBuilt()) {
  process.stderr.write('Building the interface…\n');
  await buildRenderer();
}
process.argv.splice(2, 0, 'serve', '--open');
await import('../engine/hosts/cli.ts');
