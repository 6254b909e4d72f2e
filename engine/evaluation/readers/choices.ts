import { z } from 'zod';
import { problemOf, shortened, type EntryReader } from './entries.ts';
import type { ChoiceTask, Position } from '../types.ts';

const words = z.string('some words').trim().min(1, 'some words');
const name = z.union([words, z.number().transform(String)], 'a name');
const optionsExpected = 'a list of 2 to 26 options';
const options = z.array(words, optionsExpected).min(2, optionsExpected).max(26, optionsExpected);

const mlvuSchema = z.object({
  video: words,
  question: words,
  candidates: z.array(words, 'options; open-ended questions are not scored').pipe(options),
  answer: words,
  question_type: words.optional(),
});

/** MLVU's multiple-choice tasks (1_plotQA.json …); the answer is one of the candidates, in its words. */
export const readMlvu: EntryReader = (value, at) => {
  const parsed = mlvuSchema.safeParse(value);
  if (!parsed.success) return problemOf(parsed.error);
  const { video, question, candidates, answer, question_type: group = 'all' } = parsed.data;
  const right = candidates.indexOf(answer);
  if (right < 0) return `answer: none of the candidates is ${JSON.stringify(shortened(answer))}`;
  return [{ kind: 'choice', at, video, question, options: candidates, answer: right, group }];
};

const longVideoBenchSchema = z.object({
  video_id: name,
  video_path: words.optional(),
  question: words,
  candidates: options,
  correct_choice: z.int('the number of an option; the test split has none').min(0, 'the number of an option'),
  duration_group: z.union([z.number(), z.string()]).optional(),
});

/** LongVideoBench (lvb_val.json), grouped by length. Its subtitles are not read. */
export const readLongVideoBench: EntryReader = (value, at) => {
  const parsed = longVideoBenchSchema.safeParse(value);
  if (!parsed.success) return problemOf(parsed.error);
  const { video_id: id, video_path: path, question, candidates, correct_choice: right } = parsed.data;
  if (right >= candidates.length) return `correct_choice: there is no option ${right}`;
  const group = parsed.data.duration_group === undefined ? 'all' : `up to ${parsed.data.duration_group} s`;
  const names = { video: path ?? id, otherNames: [id] };
  return [{ kind: 'choice', at, ...names, question, options: candidates, answer: right, group }];
};

const videoMmeQuestion = z.object({
  question: words,
  options,
  answer: z.string('the letter of an option').regex(/^[A-Z]$/, 'the letter of an option'),
});
const videoMmeVideo = z.object({
  video_id: name,
  videoID: words.optional(),
  url: z.string().optional(),
  duration: words.optional(),
});
const videoMmeSchema = z.union([
  videoMmeVideo.extend({ questions: z.array(videoMmeQuestion, 'a list of questions').min(1) }),
  videoMmeVideo.extend(videoMmeQuestion.shape),
]);

/** Video-MME: a question per entry, as in its data set, or a video per entry with its questions, as in its results. */
export const readVideoMme: EntryReader = (value, at) => {
  const nested = typeof value === 'object' && value !== null && 'questions' in value;
  const parsed = videoMmeSchema.options[nested ? 0 : 1].safeParse(value);
  if (!parsed.success) return problemOf(parsed.error);
  const entry = parsed.data;
  const questions = 'questions' in entry ? entry.questions : [entry];
  const wrong = questions.find(({ answer, options: given }) => letterIndex(answer) >= given.length);
  if (wrong) return `answer: there is no option ${wrong.answer}`;
  return questions.map((one) => videoMmeTask(entry, one, at));
};

function videoMmeTask(
  { video_id: id, videoID, url, duration = 'all' }: z.output<typeof videoMmeVideo>,
  { question, options: given, answer }: z.output<typeof videoMmeQuestion>,
  at: Position,
): ChoiceTask {
  // Its files are named by their place on the web.
  const onTheWeb = videoID ?? /[?&]v=([\w-]+)/.exec(url ?? '')?.[1];
  return {
    kind: 'choice',
    at,
    video: onTheWeb ?? id,
    otherNames: [id],
    question,
    options: given.map((option) => option.replace(/^\(?[A-Z][.):]\s*/, '')),
    answer: letterIndex(answer),
    group: duration,
  };
}

function letterIndex(letter: string): number {
  return letter.charCodeAt(0) - 65;
}
