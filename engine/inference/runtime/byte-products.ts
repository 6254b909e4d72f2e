import './float16.ts';
import { InferenceSession, Tensor } from '../../onnxruntime/index.ts';
import { bytesGraphBase64 } from './self-test-graphs.ts';

let answer: Promise<boolean> | undefined;

/**
 * Whether this processor's sums of products of 8-bit numbers saturate. x86 processors without dot product instructions
 * (VNNI) add pairs of products in 16 bits; ONNX Runtime avoids that when it is asked to, and is slow then. Asked once a
 * process: a product of the largest numbers takes a millisecond.
 */
export function bytesSaturate(): Promise<boolean> {
  return (answer ??= largestProduct());
}

async function largestProduct(): Promise<boolean> {
  const [rows, inner, columns] = [32, 64, 32];
  const session = await InferenceSession.create(Buffer.from(bytesGraphBase64, 'base64'), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
  });
  try {
    const { y } = await session.run({
      x: new Tensor('uint8', new Uint8Array(rows * inner).fill(255), [rows, inner]),
      matrix: new Tensor('int8', new Int8Array(inner * columns).fill(127), [inner, columns]),
    });
    const exact = (255 - 128) * 127 * inner;
    return (y.data as Float32Array).some((value) => value !== exact);
  } finally {
    await session.release();
  }
}
