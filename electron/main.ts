// The desktop application's main process: finds its parts, and runs the shell on the real Electron.
import * as electron from 'electron';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { defaultLibraryFolder } from '../engine/hosts/library-folder.ts';
import { restrictNewFiles } from '../engine/core/private-files.ts';
import { runShell } from './shell.ts';

const here = import.meta.dirname;
const { app } = electron;
const root = join(here, '..', '..');
// In a package, what other programs must read lies beside the archive; in a checkout, where it was made.
const resources = app.isPackaged ? process.resourcesPath : root;
const sample = join(root, 'sample');
const samples = app.isPackaged || !existsSync(sample) ? [] : readdirSync(sample);
const recording = samples.find((name) => name.endsWith('.mp4'));
const icon = join(resources, app.isPackaged ? 'icons' : 'dist/icons', 'icon.png');
const ffmpeg = join(resources, 'ffmpeg');

restrictNewFiles();
app.setName('Longview');
runShell(electron, {
  pages: join(here, '..', 'renderer'),
  preload: join(here, 'preload.cjs'),
  programs: {
    engine: join(here, 'engine.mjs'),
    probe: join(here, 'probe.mjs'),
    listen: join(here, 'listen.mjs'),
  },
  engine: {
    libraryDir: defaultLibraryFolder({ platform: process.platform, env: process.env, home: homedir() }),
    builtinModel: join(resources, 'models', 'builtin'),
    ffmpegFolder: app.isPackaged && existsSync(ffmpeg) ? ffmpeg : null,
    version: app.getVersion(),
    sample: recording === undefined ? null : join(sample, recording),
  },
  stateFile: join(app.getPath('userData'), 'window.json'),
  licences: join(resources, app.isPackaged ? 'licences.txt' : 'dist/licences.txt'),
  ...(existsSync(icon) ? { icon } : {}),
  // In a checkout the application's own folder is among the arguments.
  args: process.argv.slice(1).filter((arg) => app.isPackaged || resolve(arg) !== app.getAppPath()),
  workingFolder: process.cwd(),
  platform: process.platform,
});
