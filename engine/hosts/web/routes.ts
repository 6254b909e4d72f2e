import { methods, type Method } from '../../protocol/wire.ts';

/** What a method does, for whoever reads about it; a method without a line fails to compile. */
export const methodWords: Record<Method, string> = {
  hello: 'What this host is: version, platform.',
  index: 'Puts files and folders into the library and waits until they are; see enqueue.',
  library: 'The videos of the library, newest first.',
  remove: 'Forgets a video. The footage itself is never touched.',
  find: 'Finds the moments that show or say something.',
  ask: 'Answers a question about a video, some, or the library, with the moments that prove it.',
  plan: 'What a question would cost, without asking it.',
  rerun: 'Asks a question of the history again.',
  limitAnswers: 'How much room the history of answers may take.',
  selfTest: 'Measures how much the model can read at once on this machine.',
  selfTested: 'What the last self-test found.',
  models: 'The models at hand.',
  doctor: 'What this machine has, and what it lacks.',
  report: 'A report for whoever helps with a problem; without paths unless they are asked for.',
  transcript: 'What is said in a video, line by line.',
  correctTranscript: 'Puts right what was heard.',
  exportTranscript: 'What is said in a video as a subtitle file or a text.',
  screenText: 'What stands in the picture of a video, with where and when.',
  video: 'Details of one video: size, stills, cuts, what was seen most.',
  relevance: 'How well each stretch of a video fits some words.',
  seen: 'Things that a search finds in a video or the library.',
  objects: 'What the detector saw in a stretch of a video, with boxes.',
  answers: 'The answers given so far, newest first.',
  editAnswer: 'Pins an answer, or forgets it.',
  kept: 'Bins by name, and all moments that are kept, newest first.',
  keep: 'Keeps moments, in a bin where one is named.',
  changeKept: 'Changes notes, tags, bins or favourites of kept moments.',
  forgetKept: 'Forgets kept moments.',
  editBin: 'Makes, renames or removes a bin; its moments stay where they are held otherwise.',
  storage: 'How much room Longview’s own files take.',
  clearCache: 'Deletes what indexing makes again: stills and features.',
  footageFacts: 'What only the file itself can tell: container, chapters.',
  relink: 'Finds missing footage by its content.',
  exportMoments: 'Moments as a list for another program, or clips in the host’s folder for exports.',
  importModel: 'Makes a model of a checkpoint’s folder.',
  catalogue: 'Public models that can be fetched. Touches no network.',
  downloadModel: 'Fetches a model of the catalogue from its hub: this uses the network.',
  removeModel: 'Deletes a model that was imported or fetched.',
  testProviders: 'What each execution provider’s self-test finds on this machine.',
  limits: 'How hard Longview may work.',
  setLimits: 'Changes that; takes effect with the next thing that is begun.',
  activity: 'The queue of what is being indexed.',
  enqueue: 'Puts files and folders into the queue.',
  cancelJob: 'Takes a job out of the queue.',
  pauseJob: 'Pauses a job.',
  resumeJob: 'Lets a paused job go on.',
  moveJob: 'Changes the order of the queue.',
  clearJobs: 'Forgets jobs that have ended.',
  folders: 'The folders whose files are followed, and how each fares.',
  addFolder: 'Follows a folder: what comes into it is indexed by itself.',
  changeFolder: 'Changes what of a followed folder is left out, or looks through it again.',
  removeFolder: 'Follows a folder no longer; its videos stay in the library.',
  completePath: 'Folders whose path begins so, for whoever types one.',
  pickPaths: 'The system’s file dialog; only in the desktop window.',
};

/** Where one method alone is called: its request is the body, its result the answer. */
export const methodRoute = '/api/call/';

/** The method that an address calls. */
export function methodAt(pathname: string): Method | undefined {
  const name = pathname.startsWith(methodRoute) ? pathname.slice(methodRoute.length) : '';
  return Object.hasOwn(methods, name) ? (name as Method) : undefined;
}
