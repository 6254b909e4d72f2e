// Runs one provider's self-test and sends what it found to the parent: a driver that crashes or hangs takes this
// process with it and not the engine. Started by probe.ts.
import { providerNames, type ProviderName } from './provider-names.ts';
import { firstLine } from './session.ts';
import { selfTest } from './self-test.ts';

/** The way to whoever started this: a Node process, or Electron's main process. */
const { parentPort } = process as NodeJS.Process & { parentPort?: { postMessage(message: unknown): void } };
const say = (message: unknown) => {
  // A utility process is ended by its parent, once the message has come.
  if (parentPort) parentPort.postMessage(message);
  else process.send?.(message, () => process.exit(0));
};

const provider = providerNames.find((name) => name === process.argv[2]) as ProviderName;
try {
  say({ found: await selfTest(provider, { patient: process.argv[3] === 'patient' }) });
} catch (error) {
  say({ failed: firstLine(error) });
}
