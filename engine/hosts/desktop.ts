// The engine's process of the desktop shell: started by electron/engine-process.ts as a utility process.
import { restrictNewFiles } from '../core/private-files.ts';
import { serveParent, type ParentPort } from './desktop/serve-parent.ts';

const { parentPort } = process as NodeJS.Process & { parentPort?: ParentPort };
if (!parentPort) throw new Error('this is started by Longview’s window, as a utility process');
restrictNewFiles();
await serveParent(parentPort, JSON.parse(process.argv[2] ?? 'null'));
