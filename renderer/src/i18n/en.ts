const many = (count: number, one: string, more = `${one}s`) =>
  `${count.toLocaleString('en')} ${count === 1 ? one : more}`;

/** A length as people say it: "3 h 24 min", "12 min", "40 s". */
function length(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 || minutes > 6000
    ? `${Math.round(minutes / 60)} h`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Every message of the interface, in English. */
export const en = {
  nav: 'Main',
  home: 'Longview, library',
  skip: 'Skip to content',
  library: 'Library',
  activity: 'Activity',
  settings: 'Settings',
  add: 'Add footage',
  close: 'Close',
  cancel: 'Cancel',
  retry: 'Try again',
  loading: 'Loading',
  system: 'Automatic',
  ms: (ms: number) => (ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`),
  duration: length,
  times: (factor: number) => `${factor < 10 ? factor.toFixed(1) : Math.round(factor)}× real time`,

  'search.label': 'Search your footage',
  'search.placeholder': 'Describe a moment…',
  'search.clear': 'Clear search',

  'add.title': 'Add footage',
  'add.path': 'Path of a folder or video file',
  'add.hint': 'Everything in a folder is added, subfolders too. Your files are read, never changed.',
  'add.choose': 'Choose…',
  'add.drop': 'Drop to add to your library',
  'add.go': 'Add',

  'first.title': 'Find any moment in your footage',
  'first.lead':
    'Point Longview at a folder of recordings. It watches them once, then finds what you describe and answers your questions, with the timestamps to prove it.',
  'first.sample': 'Try the sample recording',
  'first.private': 'Nothing leaves this machine',
  'first.soon': 'Search while it indexes',
  'first.untouched': 'Your files stay as they are',

  'locked.title': 'This window needs its key',
  'locked.text': 'Open the full address that Longview printed when it started. It ends in #key=…',
  'offline.title': 'The engine is not running.',
  'offline.web':
    'Start Longview again and open the address that it prints. Indexing goes on where it stopped.',
  'offline.desktop': 'It is being started again; this window goes on by itself.',

  'library.summary': (videos: number, seconds: number) => `${many(videos, 'video')} · ${length(seconds)}`,
  'library.none': 'No videos here',
  'library.none.text': 'No video of your library fits what is chosen above.',
  'library.waiting': 'Looking through your footage',
  'library.waiting.text': 'Videos appear here as they are found. Activity shows how far it is.',
  show: 'Show',
  'show.all': 'All videos',
  'show.ready': 'Ready to search',
  'show.unready': 'Not ready',
  'show.missing': 'Missing files',
  sort: 'Sort',
  'sort.added': 'Newest first',
  'sort.name': 'By name',
  'sort.duration': 'Longest first',
  folder: 'Folder',
  'folder.all': 'All folders',
  'tile.size': 'Size of the tiles',
  'tile.more': (name: string) => `More for ${name}`,
  'tile.reindex': 'Index again',
  'tile.copy': 'Copy path',
  'tile.remove': 'Remove from library',
  'state.indexed': 'Ready',
  'state.pending': 'Waiting',
  'state.partial': 'Partly indexed',
  'state.failed': 'Failed',
  'state.missing': 'File missing',
  'state.working': 'Indexing',
  'remove.title': (name: string) => `Remove “${name}”?`,
  'remove.text': 'Its index and its answers are deleted. The video file itself is not touched.',

  'results.label': (query: string) => `Moments for “${query}”`,
  'results.count': (count: number) => many(count, 'moment'),
  'results.examined': (videos: number, seconds: number) =>
    `${length(seconds)} in ${many(videos, 'video')} searched`,
  'results.finding': 'Searching',
  'results.refining': 'Looking closer…',
  'results.reorder': 'Show the refined order',
  'results.none': (query: string) => `Probably not here: “${query}”.`,
  'results.nearest': 'These come nearest, but they are probably something else.',
  'results.nothing': 'Nothing comes near it.',
  'results.skipped': (count: number) => `${many(count, 'video')} left out: indexed with another model.`,
  'results.empty': 'Nothing to search yet',
  'results.empty.text': 'Add a folder of recordings first.',
  'moment.checked': 'checked',
  'moment.checked.tip': 'The model looked at this moment again and agreed.',
  'confidence.tip': 'How likely this is what you asked for',

  'player.side': 'About this video',
  'tab.moments': 'Moments',
  'tab.ask': 'Ask',
  'tab.details': 'Details',
  'player.back': 'Back to the library',
  'player.play': 'Play (space)',
  'player.pause': 'Pause (space)',
  'player.frameBack': 'One frame back (,)',
  'player.frameForward': 'One frame on (.)',
  'player.loop': 'Loop this moment (O)',
  'player.boxes': 'Show what was detected (B)',
  'player.speed': 'Speed',
  'player.mute': 'Mute (M)',
  'player.unmute': 'Unmute (M)',
  'player.fullscreen': 'Full screen',
  'player.missing': (name: string) => `“${name}” is not where it was`,
  'player.missing.text': (path: string) =>
    `It was last seen at ${path}. If you moved it, add the folder that it is in now: it is recognised by its content and keeps its index.`,
  'player.unplayable': 'This format can’t be played here',
  'player.unplayable.text': (codec: string) =>
    `The browser has no decoder for it (${codec}). Searching and asking work all the same; the stills show what is there.`,
  'player.unindexed': 'Not indexed yet',
  'player.unindexed.text': 'You can watch it now. Moments and answers come when its index is done.',
  timeline: 'Position in the video',
  'timeline.value': (time: string, duration: string) => `${time} of ${duration}`,
  'moments.search': 'Search in this video',
  'moments.seen': 'Seen in this video',
  'moments.hint': 'Describe what should be visible.',
  'details.file': 'File',
  'details.where': 'Path',
  'details.length': 'Length',
  'details.picture': 'Picture',
  'details.rate': 'Frame rate',
  'details.fps': (rate: number) => `${Number(rate.toFixed(3))} fps`,
  'details.codec': 'Codec',
  'details.size': 'Size',
  'details.recorded': 'Recorded',
  'details.added': 'Added',
  'details.state': 'Index',
  'details.model': 'Model',
  'details.cuts': 'Shot cuts',

  'ask.label': 'Question about this video',
  'ask.placeholder': 'Ask about this video…',
  'ask.go': 'Ask',
  'ask.compare': 'Compare',
  'ask.reading': 'Reading the video…',
  'ask.cancelled': 'Stopped.',
  'ask.cached': 'answered before',
  'ask.cached.tip': 'The same question at the same time scale: the kept answer',
  'ask.again': 'Ask anew',
  'ask.unsure': 'Take this as a guess: the video hardly supports it.',
  'ask.evidence': 'What it rests on',
  'ask.cost': (read: number, of: number, ms: number) =>
    `Read ${read.toLocaleString('en')} of ${of.toLocaleString('en')} moments in ${ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`}`,
  gamma: 'Time scale',
  'gamma.find': 'Find',
  'gamma.explain': 'Explain',
  'gamma.squeeze': 'Time is squeezed: far-apart scenes lie close together. Good for spotting one thing.',
  'gamma.even': 'Time as it is.',
  'gamma.stretch':
    'Time is stretched: what happens one after another is told apart. Good for following events.',
  'gamma.outside': 'Outside the range that the model was trained with (0.5 to 1.5): an experiment.',
  history: 'Asked before',
  'history.pin': 'Keep this answer',
  'history.unpin': 'No longer keep this answer',
  'history.remove': 'Forget this answer',

  'activity.idle': 'Nothing to do',
  'activity.idle.text':
    'When you add footage, its indexing shows here: speed, time left, and what went wrong.',
  'activity.ended': 'Finished',
  'activity.clear': 'Clear',
  'job.many': (count: number) => `${many(count, 'place')}`,
  'job.waiting': 'Waiting its turn',
  'job.running': 'Indexing. You can search what is done already.',
  'job.paused': 'Paused. What is done so far is kept.',
  'job.done': 'Done',
  'job.failed': 'Failed',
  'job.cancelled': 'Cancelled. What is done so far is kept.',
  'job.pause': 'Pause',
  'job.resume': 'Resume',
  'job.cancel': 'Cancel indexing',
  'job.now': 'Now',
  'job.starting': 'Starting',
  'job.done.share': 'Done',
  'job.speed': 'Speed',
  'job.left': 'Time left',
  'job.summary': (made: number, kept: number, failed: number, factor: number) =>
    [
      made > 0
        ? `${many(made, 'video')} indexed${factor > 0 ? ` at ${factor.toFixed(1)}× real time` : ''}`
        : '',
      kept > 0 ? `${kept} already known` : '',
      failed > 0 ? `${failed} failed` : '',
    ]
      .filter((part) => part !== '')
      .join(' · ') || 'No videos found',

  appearance: 'Appearance',
  theme: 'Theme',
  'theme.dark': 'Dark',
  'theme.light': 'Light',
  language: 'Language',
  models: 'Models',
  'models.text': 'What looks at your footage and reads it. Every model runs on this machine.',
  'can.detect': 'sees objects',
  'can.embed': 'finds scenes',
  'can.read': 'answers',
  'model.active': 'in use',
  'model.architecture': 'Architecture',
  'model.variant': 'Position encoding',
  'model.gammas': 'Trained time scales',
  'model.size': 'Size',
  'model.licence': 'Licence',
  'model.provenance': 'Made from',
  'model.folder': 'Folder',
  'model.none': 'none',
  storage: 'Storage',
  'storage.text': 'The library holds what can’t be made again; the feature cache is rebuilt by indexing.',
  'storage.library': 'Library',
  'storage.cache': 'Feature cache',
  'storage.folder': 'Folder',
  machine: 'This machine',
  'machine.text': 'What Longview found here.',
  'settings.version': (version: string) => `Longview ${version}`,
};

type Text<M> = M extends (...values: infer A) => string ? (...values: A) => string : string;

/** The messages of one language. */
export type Catalogue = { readonly [K in keyof typeof en]: Text<(typeof en)[K]> };

/** Names a message. */
export type Key = keyof Catalogue;
