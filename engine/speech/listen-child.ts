// The process that hears. It loads sherpa-onnx, which brings an onnxruntime of its own under the same library name as the
// engine's: the two never meet in one process. Started by listener.ts.
import { ownPort, serveListener } from './serve-listener.ts';
import { openSherpa } from './sherpa.ts';

serveListener(ownPort(), openSherpa);
