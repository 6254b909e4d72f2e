// The engine's process of the desktop shell: started by electron/engine-process.ts as a utility process.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { restrictNewFiles } from '../core/private-files.ts';
import { encodeWith } from '../inference/runtime/encode-program.ts';
import { serveParent, type ParentPort } from './desktop/serve-parent.ts';

const { parentPort } = process as NodeJS.Process & { parentPort?: ParentPort };
if (!parentPort) throw new Error('this is started by Longview’s window, as a utility process');
restrictNewFiles();
// Built, the program of the threads that encode frames lies beside this one.
const encode = join(import.meta.dirname, 'encode.mjs');
if (existsSync(encode)) encodeWith(encode);
await serveParent(parentPort, JSON.parse(process.argv[2] ?? 'null'));
