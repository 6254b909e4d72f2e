import type { TrackSearch } from '../../library/index.ts';
import type { Extractor } from './extractor.ts';
import { loudness, loudnessSearch } from './loudness.ts';

/**
 * What is made of every video besides its captions and what a bundle's frame encoder sees. A new extractor is a file
 * beside this one and a line here.
 */
export const extractors: readonly Extractor[] = [loudness];

/** How their tracks are searched, where they are neither text nor embeddings. */
export const trackSearches: readonly TrackSearch[] = [loudnessSearch];

export { screenText } from './screen-text.ts';
export { lineOfTrack, speech, trackLine } from './speech.ts';
