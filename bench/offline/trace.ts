/** What a line of strace's output says that a program did beyond itself. */
export type Deed =
  | { kind: 'program' | 'wrote'; path: string }
  | { kind: 'started'; pid: string }
  | { kind: 'network'; what: string }
  /** A UDP socket that was only given another end: that asks the system for a route and sends nothing. */
  | { kind: 'route'; what: string };

/** The system calls that {@link readDeed} understands, for strace's `-e trace=`. */
export const tracedCalls =
  'execve,clone,clone3,fork,vfork,connect,sendto,sendmsg,sendmmsg,open,openat,creat,mkdir,mkdirat,mknod,mknodat,rename,renameat,renameat2,link,linkat,symlink,symlinkat';

/** Sockets of this machine behind which names are looked up for others. */
const resolvers = /nscd\/socket|systemd\/resolve|avahi-daemon\/socket/u;

/**
 * Reads one line of `strace -f -yy`.
 * @param line what it printed, without the process id
 */
export function readDeed(line: string): Deed | undefined {
  const call = /^([a-z0-9]+)\(/u.exec(line)?.[1];
  if (call === undefined) return undefined;
  if (call === 'execve') {
    const path = quoted(line)[0];
    return path === undefined || !line.endsWith('= 0') ? undefined : { kind: 'program', path };
  }
  if (/^(clone|v?fork)/u.test(call)) {
    const pid = /= (\d+)$/u.exec(line)?.[1];
    return pid === undefined ? undefined : { kind: 'started', pid };
  }
  if (/^(connect|send)/u.test(call)) {
    const what = reached(line);
    if (what === undefined) return undefined;
    const asks = /^connect\(\d+<UDP/u.test(line) && !what.startsWith('name look-up');
    return { kind: asks ? 'route' : 'network', what };
  }
  const failed = /= -1 E[A-Z]+/u.test(line);
  if (failed || (call.startsWith('open') && !/O_WRONLY|O_RDWR|O_CREAT/u.test(line))) return undefined;
  const path = target(call, line);
  return path === undefined ? undefined : { kind: 'wrote', path };
}

/** Whom a connection or a message goes to, unless it is this machine and no name is asked for. */
function reached(line: string): string | undefined {
  const socket = /sun_path=@?"((?:[^"\\]|\\.)*)"/u.exec(line)?.[1];
  if (socket !== undefined) return resolvers.test(socket) ? `name look-up at ${socket}` : undefined;
  // The address in the call, or that of a socket that is connected already.
  const named = /inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/u.exec(line);
  const connected = /^\w+\(\d+<(?:UDP|TCP)[^>]*->\[?([^>]*?)\]?:(\d+)\]>/u.exec(line);
  const address = named?.[1] ?? named?.[2] ?? connected?.[1];
  if (address === undefined) return undefined;
  const port = Number(/htons\((\d+)\)/u.exec(line)?.[1] ?? connected?.[2]);
  const host = address.replace(/^::ffff:(?=\d+\.)/u, '');
  if (port === 53 || port === 5353) return `name look-up at ${host}`;
  const here = host.startsWith('127.') || host === '::1' || host === '0.0.0.0' || host === '::';
  return here ? undefined : `${host}, port ${port}`;
}

/** The path that a call makes or opens: of calls with two, the new one. */
function target(call: string, line: string): string | undefined {
  const names = quoted(line);
  const name = names.at(/^(rename|link|symlink)/u.test(call) ? 1 : 0);
  if (name === undefined) return undefined;
  if (name.startsWith('/')) return name;
  const folders = [...line.matchAll(/(?:AT_FDCWD|\b\d+)<(\/[^>]*)>/gu)].map((found) => found[1]);
  const folder = folders.at(/^(rename|link)/u.test(call) ? 1 : 0) ?? folders[0];
  return folder === undefined ? undefined : `${decode(folder)}/${name}`;
}

function quoted(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/gu)].map((found) => decode(found[1] ?? ''));
}

/** Strace writes what isn't plain ASCII as octal bytes. */
function decode(text: string): string {
  if (!text.includes('\\')) return text;
  const plain = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' } as Record<string, string>;
  const bytes = text.replace(/\\([0-7]{1,3}|.)/gu, (_, escaped: string) =>
    /^[0-7]/u.test(escaped) ? String.fromCharCode(parseInt(escaped, 8)) : (plain[escaped] ?? escaped),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
