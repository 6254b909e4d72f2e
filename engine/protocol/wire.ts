import { reportRequestSchema, reportResultSchema } from './report.ts';
import { z } from 'zod';
import {
  answersLimitSchema,
  limitAnswersRequestSchema,
  planResultSchema,
  rerunRequestSchema,
  selfTestedSchema,
  selfTestRequestSchema,
  selfTestResultSchema,
} from './asking.ts';
import {
  askRequestSchema,
  windowFindRequestSchema,
  importRequestSchema,
  indexRequestSchema,
  removeRequestSchema,
} from './requests.ts';
import {
  askResultSchema,
  askRunSchema,
  doctorResultSchema,
  failureSchema,
  findResultSchema,
  importResultSchema,
  indexResultSchema,
  libraryResultSchema,
  modelsResultSchema,
  removeResultSchema,
} from './results.ts';
import {
  answersRequestSchema,
  answersResultSchema,
  editAnswerRequestSchema,
  objectsRequestSchema,
  objectsResultSchema,
  relevanceRequestSchema,
  relevanceSchema,
  seenRequestSchema,
  seenResultSchema,
  storageResultSchema,
  videoDetailsSchema,
  videoRequestSchema,
} from './view.ts';
import {
  correctionRequestSchema,
  exportTranscriptRequestSchema,
  screenTextRequestSchema,
  screenTextResultSchema,
  transcriptRequestSchema,
  transcriptSchema,
} from './transcript.ts';
import {
  addFolderRequestSchema,
  changeFolderRequestSchema,
  completedSchema,
  completeRequestSchema,
  foldersSchema,
  removeFolderRequestSchema,
} from './folders.ts';
import {
  changeKeptRequestSchema,
  editBinRequestSchema,
  forgetKeptRequestSchema,
  keepRequestSchema,
  keptSchema,
} from './keeping.ts';
import {
  catalogueSchema,
  downloadRequestSchema,
  exportedSchema,
  exportRequestSchema,
  footageFactsSchema,
  limitsResultSchema,
  limitsSchema,
  providersSchema,
  relinkRequestSchema,
  relinkResultSchema,
  removeModelRequestSchema,
} from './window.ts';

/**
 * What a window and an engine host say to each other, whatever carries it (HTTP, a MessagePort). A window sends
 * {@link Call}s and {@link Cancel}s; the host answers each call with any number of parts and then one result or one
 * error, and tells all windows of {@link Happening}s. Both sides parse what comes.
 */

/** A step of a long operation; see {@link Progress}. */
export const progressSchema = z.object({
  stage: z.string(),
  fraction: z.number().min(0).max(1),
  realtimeFactor: z.number().optional(),
  secondsLeft: z.number().optional(),
  subject: z.string().optional(),
  listed: z.int().nonnegative().optional(),
});

/** Where a piece of indexing stands. */
export const jobStates = ['waiting', 'running', 'paused', 'done', 'failed', 'cancelled'] as const;

/** One request to index, as the host's queue keeps it. */
export const jobSchema = z.object({
  id: z.int().positive(),
  paths: z.array(z.string()),
  state: z.enum(jobStates),
  progress: progressSchema.optional(),
  /** What became of each file, once it ended. */
  result: indexResultSchema.optional(),
  error: failureSchema.shape.error.optional(),
  /** ISO 8601. */
  addedAt: z.string(),
  endedAt: z.string().optional(),
});

/** The queue, in the order in which it is worked through; what ended stays until it is cleared. */
export const activitySchema = z.object({
  jobs: z.array(jobSchema),
  /** Which host says so, and how many changes it had told by then. */
  at: z.object({ host: z.string(), change: z.int().nonnegative() }).optional(),
});

/** What changed in the queue since the change before: the new order, and the jobs that aren't as they were. */
export const activityChangeSchema = z.object({
  at: z.object({ host: z.string(), change: z.int().positive() }),
  /** The jobs in order, where they aren't the ones that they were. */
  order: z.array(z.int().positive()).optional(),
  jobs: z.array(jobSchema),
  /** Of jobs of which nothing else changed. */
  progress: z.array(z.object({ job: z.int().positive(), progress: progressSchema })),
});

/** What a host tells about itself. */
export const hostInfoSchema = z.object({
  host: z.enum(['web', 'desktop']),
  version: z.string(),
  platform: z.string(),
  /** True where `pickPaths` opens the system's own file dialog. */
  pick: z.boolean(),
  /** A sample recording to try, where there is one. */
  sample: z.string().nullable(),
});

const nothing = z.strictObject({});
const jobRequest = z.strictObject({ job: z.int().positive() });
const moveRequest = z.strictObject({ job: z.int().positive(), to: z.enum(['first', 'earlier', 'later']) });
const progress = { progress: progressSchema };

/** Every method: what it takes, what it gives, and the parts that may come before the result. */
export const methods = {
  hello: { request: nothing, result: hostInfoSchema, parts: {} },
  index: { request: indexRequestSchema, result: indexResultSchema, parts: { progress: progressSchema } },
  library: { request: nothing, result: libraryResultSchema, parts: {} },
  remove: { request: removeRequestSchema, result: removeResultSchema, parts: {} },
  find: {
    request: windowFindRequestSchema,
    result: findResultSchema,
    parts: { progress: progressSchema, first: findResultSchema },
  },
  ask: {
    request: askRequestSchema,
    result: askResultSchema,
    parts: { progress: progressSchema, text: z.string(), run: askRunSchema },
  },
  plan: { request: askRequestSchema, result: planResultSchema, parts: { progress: progressSchema } },
  rerun: {
    request: rerunRequestSchema,
    result: askResultSchema,
    parts: { progress: progressSchema, text: z.string(), run: askRunSchema },
  },
  limitAnswers: { request: limitAnswersRequestSchema, result: answersLimitSchema, parts: {} },
  selfTest: { request: selfTestRequestSchema, result: selfTestResultSchema, parts: progress },
  selfTested: { request: nothing, result: selfTestedSchema, parts: {} },
  models: { request: nothing, result: modelsResultSchema, parts: {} },
  doctor: { request: nothing, result: doctorResultSchema, parts: {} },
  report: { request: reportRequestSchema, result: reportResultSchema, parts: {} },
  transcript: { request: transcriptRequestSchema, result: transcriptSchema, parts: {} },
  correctTranscript: { request: correctionRequestSchema, result: transcriptSchema, parts: {} },
  exportTranscript: { request: exportTranscriptRequestSchema, result: exportedSchema, parts: progress },
  screenText: { request: screenTextRequestSchema, result: screenTextResultSchema, parts: {} },
  video: { request: videoRequestSchema, result: videoDetailsSchema, parts: {} },
  relevance: { request: relevanceRequestSchema, result: relevanceSchema, parts: {} },
  seen: { request: seenRequestSchema, result: seenResultSchema, parts: {} },
  objects: { request: objectsRequestSchema, result: objectsResultSchema, parts: {} },
  answers: { request: answersRequestSchema, result: answersResultSchema, parts: {} },
  editAnswer: { request: editAnswerRequestSchema, result: answersResultSchema, parts: {} },
  kept: { request: nothing, result: keptSchema, parts: {} },
  keep: { request: keepRequestSchema, result: keptSchema, parts: {} },
  changeKept: { request: changeKeptRequestSchema, result: keptSchema, parts: {} },
  forgetKept: { request: forgetKeptRequestSchema, result: keptSchema, parts: {} },
  editBin: { request: editBinRequestSchema, result: keptSchema, parts: {} },
  folders: { request: nothing, result: foldersSchema, parts: {} },
  addFolder: { request: addFolderRequestSchema, result: foldersSchema, parts: {} },
  changeFolder: { request: changeFolderRequestSchema, result: foldersSchema, parts: {} },
  removeFolder: { request: removeFolderRequestSchema, result: foldersSchema, parts: {} },
  completePath: { request: completeRequestSchema, result: completedSchema, parts: {} },
  storage: { request: nothing, result: storageResultSchema, parts: {} },
  clearCache: { request: nothing, result: storageResultSchema, parts: {} },
  footageFacts: { request: videoRequestSchema, result: footageFactsSchema, parts: {} },
  relink: { request: relinkRequestSchema, result: relinkResultSchema, parts: progress },
  exportMoments: { request: exportRequestSchema, result: exportedSchema, parts: progress },
  importModel: { request: importRequestSchema, result: importResultSchema, parts: progress },
  catalogue: { request: nothing, result: catalogueSchema, parts: {} },
  downloadModel: { request: downloadRequestSchema, result: importResultSchema, parts: progress },
  removeModel: { request: removeModelRequestSchema, result: modelsResultSchema, parts: {} },
  testProviders: { request: nothing, result: providersSchema, parts: {} },
  limits: { request: nothing, result: limitsResultSchema, parts: {} },
  setLimits: { request: limitsSchema, result: limitsResultSchema, parts: {} },
  /** The host's queue: indexing that goes on whatever becomes of the window. */
  activity: { request: nothing, result: activitySchema, parts: {} },
  enqueue: { request: indexRequestSchema, result: activitySchema, parts: {} },
  cancelJob: { request: jobRequest, result: activitySchema, parts: {} },
  pauseJob: { request: jobRequest, result: activitySchema, parts: {} },
  resumeJob: { request: jobRequest, result: activitySchema, parts: {} },
  /** Changes the order; a job put before the one that runs is worked on at once. */
  moveJob: { request: moveRequest, result: activitySchema, parts: {} },
  clearJobs: { request: nothing, result: activitySchema, parts: {} },
  /** The system's file dialog, where {@link hostInfoSchema} has `pick`. */
  pickPaths: { request: nothing, result: z.object({ paths: z.array(z.string()) }), parts: {} },
} as const;

/** A name in {@link methods}. */
export type Method = keyof typeof methods;
/** What a method takes. */
export type RequestOf<M extends Method> = z.input<(typeof methods)[M]['request']>;
/** What a method gives. */
export type ResultOf<M extends Method> = z.output<(typeof methods)[M]['result']>;
type PartsOf<M extends Method> = (typeof methods)[M]['parts'];
/** Receivers of the parts of a method's answer, by name. */
export type PartListeners<M extends Method> = {
  [K in keyof PartsOf<M>]?: (
    value: PartsOf<M>[K] extends z.ZodType ? z.output<PartsOf<M>[K]> : never,
  ) => void;
};

/** Numbers a call; unique within one connection. */
const callId = z.int().nonnegative();

/** A window asks. `request` is parsed by the method's own schema. */
export const callSchema = z.strictObject({
  id: callId,
  method: z.enum(Object.keys(methods) as [Method, ...Method[]]),
  request: z.unknown(),
});

/** A window no longer wants an answer. Over HTTP the closed connection says the same. */
export const cancelSchema = z.strictObject({ cancel: callId });

/** What a window sends. */
export const clientMessageSchema = z.union([callSchema, cancelSchema]);

/** A part of an answer, its result, or why there is none. */
export const replySchema = z.union([
  z.object({ id: callId, part: z.string(), value: z.unknown() }),
  z.object({ id: callId, result: z.unknown() }).refine((reply) => 'result' in reply),
  z.object({ id: callId, error: failureSchema.shape.error }),
]);

/** Told to every window: the queue moved, or what is in the library, is kept or is followed changed. */
export const happeningSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('activity'), value: activityChangeSchema }),
  z.object({ event: z.enum(['library', 'kept', 'folders']) }),
]);

/** What a host sends. */
export const serverMessageSchema = z.union([happeningSchema, replySchema]);

/** Parsed {@link jobSchema}. */
export type Job = z.infer<typeof jobSchema>;
/** Parsed {@link activitySchema}. */
export type Activity = z.infer<typeof activitySchema>;
/** Parsed {@link activityChangeSchema}. */
export type ActivityChange = z.infer<typeof activityChangeSchema>;
/** Parsed {@link hostInfoSchema}. */
export type HostInfo = z.infer<typeof hostInfoSchema>;
/** Parsed {@link callSchema}. */
export type Call = z.infer<typeof callSchema>;
/** Parsed {@link cancelSchema}. */
export type Cancel = z.infer<typeof cancelSchema>;
/** Parsed {@link replySchema}. */
export type Reply = z.infer<typeof replySchema>;
/** Parsed {@link happeningSchema}. */
export type Happening = z.infer<typeof happeningSchema>;
/** An error that crossed the wire: a typed one, or a bug ("internal"). */
export type Failure = z.infer<typeof failureSchema>['error'];
