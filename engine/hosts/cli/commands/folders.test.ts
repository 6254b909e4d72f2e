import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pretendFolders } from '../../../../tests/web/pretend-folders.ts';
import { runCommand } from '../testing/run-command.ts';
import { foldersCommand } from './folders.ts';

/** The command on a library in whose folders one film is new. */
function library() {
  const indexed: string[] = [];
  const engine = {
    ...pretendFolders(),
    newFootage: async ({ path }: { path?: string }) => ({
      paths: path === '/empty' ? [] : ['/films/new.mp4'],
    }),
    index: async ({ paths }: { paths: string[] }) => {
      indexed.push(...paths);
      const video = { id: 'v1', path: paths[0], durationSec: 3, status: 'indexed', patches: 3 };
      return { videos: [video], wallSec: 1, realtimeFactor: 3 };
    },
    close: async () => undefined,
  };
  const folders = (...args: string[]) =>
    runCommand(['folders', ...args], engine, { commands: [foldersCommand] });
  return { folders, indexed };
}

test('a folder is added with what is left out of it, listed and removed', async () => {
  const { folders } = library();
  assert.match((await folders()).stdout, /No folder is followed/);
  const added = await folders('/films', '--add', '--ignore', 'proxies', '--ignore', '*.tmp');
  assert.match(added.stdout, /\/films +proxies, \*\.tmp\n1 folder followed\./);
  assert.match((await folders('/films', '--remove')).stdout, /No folder is followed/);
});

test('what is new is indexed, in one folder or all; where nothing is, that is said', async () => {
  const { folders, indexed } = library();
  assert.match((await folders('--rescan')).stdout, /1 video indexed/);
  assert.deepEqual(indexed, ['/films/new.mp4']);
  assert.equal(
    (await folders('/empty', '--rescan')).stdout,
    'Nothing is new in the folders that are followed.\n',
  );
});

test('two things at once, and an action without a folder, are refused', async () => {
  const { folders } = library();
  assert.match((await folders('/films', '--add', '--remove')).stderr, /one of --add and --remove/);
  assert.match((await folders('--add')).stderr, /--add needs a folder/);
});
