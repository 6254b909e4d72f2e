// Starts a program that ends with whoever started it.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ending = pathToFileURL(join(import.meta.dirname, 'parent.mjs')).href;

/**
 * Runs a script on a Node with our terminal, signals and exit code, and ends with it.
 * @param {string} node
 * @param {string[]} args the script and its arguments
 * @param {NodeJS.ProcessEnv} env
 */
export function launch(node, args, env) {
  const child = spawn(node, ['--import', ending, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env,
  });
  // The terminal sends Ctrl-C to the whole group; a plain kill reaches only us, so pass it on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  child.on('error', (error) => {
    process.stderr.write(`longview: ${node} could not be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
  return child;
}

/**
 * Calls back when npm, or a shell between it and us, is gone: killed, they tell nobody. Under another parent nothing is
 * watched: a shell may end and leave us running on purpose.
 */
export function whenNpmEnds(onEnd) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const above = ancestors();
  const timer = setInterval(() => {
    if (JSON.stringify(ancestors()) === JSON.stringify(above)) return;
    clearInterval(timer);
    onEnd();
  }, 500);
  timer.unref();
}

/** Process ids from our parent up to npm; where the system doesn't tell more, our parent's alone. */
function ancestors() {
  const found = [];
  for (let pid = process.ppid; pid > 1 && found.length < 4; pid = parentOf(pid)) {
    if (!isAlive(pid)) break;
    found.push(pid);
    // A shell between npm and us is npm's; whoever started npm is none of our business.
    if (!isShell(pid)) break;
  }
  return found;
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The fields of /proc/PID/stat after the program's name, which may hold anything. */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return {
      name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
      rest: stat.slice(stat.lastIndexOf(')') + 2),
    };
  } catch {
    return undefined;
  }
}

const parentOf = (pid) => Number(statOf(pid)?.rest.split(' ')[1] ?? 0);
const isShell = (pid) => ['sh', 'dash', 'bash', 'zsh', 'ash', 'busybox'].includes(statOf(pid)?.name ?? '');
