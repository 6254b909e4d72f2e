import { Tensor } from '../../onnxruntime/index.ts';

/**
 * From Node 24 on there is a Float16Array, and onnxruntime-common stores halves in it. The native part of
 * onnxruntime-node 1.30 takes neither that nor a Uint16Array in its place ("not enough space"), so that no float16
 * input works. Which array it is gets decided when the first tensor is made: for that one moment there is none, and
 * halves are stored as Uint16Array as on Node 22. Imported by whatever opens a session.
 */
const holder = globalThis as { Float16Array?: unknown };
const own = Object.getOwnPropertyDescriptor(holder, 'Float16Array');
if (own?.configurable) {
  delete holder.Float16Array;
  try {
    new Tensor('bool', [true]);
  } finally {
    Object.defineProperty(holder, 'Float16Array', own);
  }
}
