/** Hears what is said: pieces of speech, their words with times, in a process of its own. See docs/speech-and-text.md. */
export { createListener, type HearOptions, type Listener } from './listener.ts';
export { launchListenersWith, type ListenerEvents, type ListenerProcess } from './listener-process.ts';
export { startHearing, type Hearing, type HearingOptions } from './hearing.ts';
export { contextSec } from './sound-before.ts';
export { hearVideo, type HearVideoOptions } from './hear-video.ts';
export { earsSpec, readSpeechModel, speechManifestName, type SpeechModel } from './models.ts';
export { importSpeechModel, type ImportSpeechOptions } from './import-model.ts';
export { downloadBytes, modelForLanguage, speechCatalogue, type SpeechEntry } from './catalogue.ts';
export { correctLines, type CorrectedLines } from './corrections.ts';
export { fromListenerSchema, toListenerSchema, type EarsSpec } from './messages.ts';
export type { HeardPiece } from './types.ts';
