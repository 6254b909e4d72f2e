// A process that hears tones instead of speech, for tests of everything around the recogniser.
import { ownPort, serveListener } from '../serve-listener.ts';
import { simpleEars } from './simple-ears.ts';

serveListener(ownPort(), async ({ files }) => {
  if (files.tokens === 'refuse') throw new Error('tokens.txt is of another model');
  if (files.tokens === 'die') {
    process.stderr.write('sherpa: no metadata in the model\n');
    process.exit(255);
  }
  return Promise.resolve(simpleEars());
});
