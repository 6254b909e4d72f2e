// Draws ARCHITECTURE.md's table of rooms and arrows from build/rooms.cjs; `--check` fails where the page is behind.
//   node build/draw-house.ts [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const page = join(root, 'ARCHITECTURE.md');
const { rooms } = createRequire(import.meta.url)('./rooms.cjs') as {
  rooms: Record<string, readonly string[]>;
};
const begin = '<!-- rooms: drawn by build/draw-house.ts -->';
const end = '<!-- /rooms -->';

const rows = Object.entries(rooms).map(
  ([room, may]) => `| \`${room}\` | ${may.map((name) => `\`${name}\``).join(', ') || 'nothing of ours'} |`,
);
const table = [begin, '', '| room | may import |', '| --- | --- |', ...rows, '', end].join('\n');
const text = readFileSync(page, 'utf8');
const drawn = text.replace(new RegExp(`${begin}[\\s\\S]*${end}`), () => table);

if (!text.includes(begin)) throw new Error(`ARCHITECTURE.md has no ${begin}`);
if (!process.argv.includes('--check')) writeFileSync(page, drawn);
else if (drawn !== text) {
  process.stderr.write('ARCHITECTURE.md is behind build/rooms.cjs: run `node build/draw-house.ts`.\n');
  process.exitCode = 1;
}
