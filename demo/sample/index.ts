/** The sample recording: a drawn film with known events. */
export { makeSample, type Sample, type SampleRequest } from './make-sample.ts';
export { truthSchema, type Truth } from './truth.ts';
