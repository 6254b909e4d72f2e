import { spawn } from 'node:child_process';

/** What a script prints, run by this Node; its errors go where ours go. @throws Error if it ends with another code than 0 */
export function outputOf(args: readonly string[], { cwd }: { cwd?: string } = {}): Promise<string> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) =>
      code === 0 ? done(text) : failed(new Error(`${args.join(' ')} ended with code ${code}`)),
    );
  });
}
