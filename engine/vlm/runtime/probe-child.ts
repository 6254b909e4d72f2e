// Runs one provider's self-test and sends what it found to the parent: a driver that crashes or hangs takes this
// process with it and not the engine. Started by probe.ts.
import { providerNames, type ProviderName } from './provider-names.ts';
import { firstLine } from './session.ts';
import { selfTest } from './self-test.ts';

const provider = providerNames.find((name) => name === process.argv[2]) as ProviderName;
try {
  const found = await selfTest(provider, { patient: process.argv[3] === 'patient' });
  process.send?.({ found }, () => process.exit(0));
} catch (error) {
  process.send?.({ failed: firstLine(error) }, () => process.exit(0));
}
