import { clockSeconds, normaliseQuestion } from './question-words.ts';

/** Questions about what is said, or written on slides; what is seen tells nothing of them. */
export type SpokenQuestion =
  /** What is said about something. */
  | { kind: 'said-about'; subject: string }
  /** What is said in a stretch (seconds), or all along. */
  | { kind: 'said-between'; from?: number; past?: number }
  /** How often a word is said. */
  | { kind: 'said-times'; subject: string }
  /** What stands over a slide: the first is 1, the last -1. */
  | { kind: 'slide-title'; slide: number };

/** The kinds of {@link SpokenQuestion}. */
export const spokenKinds: ReadonlySet<string> = new Set<SpokenQuestion['kind']>([
  'said-about',
  'said-between',
  'said-times',
  'slide-title',
]);

const who =
  '(?:he|she|they|somebody|someone|anybody|anyone|people|you|we|the (?:speaker|teacher|lecturer|professor|presenter|narrator|man|woman|host|guest)s?)';
const time = String.raw`\d+(?::\d\d){0,2}(?:[.,]\d+)?(?: ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hours?))?`;
const said = '(?:said|spoken|talked about|mentioned|discussed|explained)';
const whatIsSaid = `what (?:(?:is|was|gets) ${said}|(?:do|does|did) ${who} (?:say|talk about|mention|discuss|explain)|${who} (?:says?|said|talks? about|talked about))`;
const stretch = `(?:between|from) (?<from>${time}) (?:and|to|until|till) (?<past>${time})`;
const ordinals = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
];
const slideNumber = `(?<n>${ordinals.join('|')}|last|\\d+(?:st|nd|rd|th)?)`;

type Make = (groups: Record<string, string | undefined>) => SpokenQuestion;
const rule = (source: string, make: Make) => [new RegExp(`^(?:${source})$`, 'iu'), make] as const;
const about: Make = ({ s = '' }) => ({ kind: 'said-about', subject: s });
const times: Make = ({ s = '' }) => ({ kind: 'said-times', subject: s });
const title: Make = ({ n = '1' }) => ({ kind: 'slide-title', slide: numberOf(n) });
const between: Make = ({ from, past }) => ({ kind: 'said-between', ...stretchOf(from, past) });

const timeZh = String.raw`\d+(?:[:：]\d\d){0,2}(?:\.\d+)?\s*(?:秒|分钟|分|小时)?`;
const stretchZh = `(?:在)?(?:从)?\\s*(?<from>${timeZh})\\s*(?:到|至|和|与|—|-|~)\\s*(?<past>${timeZh})\\s*(?:之间|期间|这段|的)*`;
const whoZh = '(?:他们|她们|他|她|我们|老师|教授|主持人|主讲人|讲者|演讲者|视频里|视频中|片中|里面)';
const verbZh = '(?:说|讲|谈|提|聊)';

/** The first that fits counts. */
const rules: readonly (readonly [RegExp, Make])[] = [
  rule(
    `what (?:is|was|are)(?: written (?:as|in))? the (?:title|heading|headline) (?:of|on) (?:the )?${slideNumber} (?:slide|page)`,
    title,
  ),
  rule(
    `what (?:is|was) (?:the )?(?:title|heading|headline) of (?:the )?(?:slide|page) (?:number )?(?<n>\\d+)`,
    title,
  ),
  rule(`what is the ${slideNumber} (?:slide|page) (?:called|titled)`, title),
  rule(
    `(?:(?:summari[sz]e|sum up|quote|list|tell me|show me|give me(?: a summary of)?)(?: of)? )?${whatIsSaid} ${stretch}`,
    between,
  ),
  rule(
    `(?:summari[sz]e|sum up|quote) (?:the (?:talk|speech|discussion|conversation|transcript)|${whatIsSaid.replace('what', 'what')})(?: ${stretch})?`,
    between,
  ),
  rule(`what is the (?:talk|speech|lecture|conversation) about`, between),
  rule(`${whatIsSaid} (?:about|on|of|regarding|concerning) (?<s>.+)`, about),
  rule(`(?:what|everything|all)(?: that)? ${who} (?:says?|said) about (?<s>.+)`, about),
  rule(
    `how (?:often|many times) (?:is|was|gets?|do|does|did|are|were) (?:the (?:words?|name) )?(?<s>.+?) (?:said|mentioned|spoken|uttered)`,
    times,
  ),
  rule(
    `how (?:often|many times) (?:do|does|did) ${who} (?:say|mention|talk about|speak of)(?: the (?:words?|name))? (?<s>.+)`,
    times,
  ),
  rule(
    `第\\s*(?<n>[一二三四五六七八九十\\d]+)\\s*[张页个](?:幻灯片|PPT|页面|投影片)?的?(?:标题|题目)(?:是什么|是啥|叫什么)?`,
    title,
  ),
  rule(`(?<n>最后)一[张页个](?:幻灯片|PPT|页面)?的?(?:标题|题目)(?:是什么|是啥|叫什么)?`, title),
  rule(
    `(?:总结|概括|归纳)?(?:一下)?${stretchZh}\\s*(?:${whoZh}|都)*(?:${verbZh}(?:了|到|过)?(?:什么|些什么|哪些|的?内容)?|的?(?:讲话|内容|发言))`,
    between,
  ),
  rule(
    `(?:总结|概括|归纳)(?:一下)?(?:${whoZh}|都)*(?:${verbZh}(?:了|到|过)?(?:什么|些什么|的话|的内容|的)?|讲话|发言)`,
    between,
  ),
  rule(
    `(?:${whoZh}|都)*(?:关于|对于|对|就)\\s*(?<s>.+?)(?:，|,)?\\s*(?:${whoZh}|都|有)*${verbZh}(?:了|到|过)?(?:什么|些什么|哪些)`,
    about,
  ),
  rule(`(?:${whoZh}|都)*(?:是)?怎么${verbZh}(?<s>.+?)的?`, about),
  rule(`(?:${whoZh})?\\s*(?:说|提到|讲到|说到|提)(?:了|过)?(?:多少|几)[次遍回](?<s>.+)`, times),
  rule(
    `(?<s>.+?)(?:这个词|一词|这个词语)?(?:被|${whoZh})*\\s*(?:提到|说到|讲到|提及|说|提)(?:了|过)?(?:多少|几)[次遍回]`,
    times,
  ),
];

/** Reads a question about what is said or written on slides, as it was typed; undefined where it is none. */
export function parseSpoken(question: string): SpokenQuestion | undefined {
  const text = question
    .normalize('NFKC')
    .replace(/[‘’]/gu, "'")
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/\s*[.?!…。？！]+$/u, '')
    .replace(/^(?:please |请问|请|帮我)/iu, '')
    .replace(/(?:呢|吗|啊)$/u, '');
  for (const [pattern, make] of rules) {
    const groups = text.match(pattern)?.groups;
    if (groups === undefined && !pattern.test(text)) continue;
    const made = make(groups ?? {});
    if ('subject' in made) {
      const subject = unquoted(made.subject);
      if (subject === '' || /^(?:it|this|that|them|什么)$/iu.test(normaliseQuestion(subject))) continue;
      return { ...made, subject };
    }
    return made;
  }
  return undefined;
}

/** Single quotes around a word are quotes; the usual ones stay, as they make it literal. */
function unquoted(subject: string): string {
  return subject
    .trim()
    .replace(/^'(.+)'$/u, '$1')
    .replace(/^(?:the words? )/iu, '');
}

function stretchOf(from: string | undefined, past: string | undefined): { from?: number; past?: number } {
  if (from === undefined || past === undefined) return {};
  const [a, b] = [from, past].map((text) => clockSeconds(inClock(text)));
  return { from: Math.min(a, b), past: Math.max(a, b) };
}

function inClock(text: string): string {
  return text
    .replace('：', ':')
    .replace(/\s*秒/u, ' s')
    .replace(/\s*分钟?/u, ' m')
    .replace(/\s*小时/u, ' h')
    .trim();
}

const chineseDigits = '一二三四五六七八九';

function numberOf(word: string): number {
  if (word === 'last' || word === '最后') return -1;
  const ordinal = ordinals.indexOf(word.toLowerCase());
  if (ordinal >= 0) return ordinal + 1;
  if (/^\d/u.test(word)) return Number.parseInt(word, 10);
  const [tens, ones] = word.includes('十') ? word.split('十') : ['', word];
  const digit = (text: string) => chineseDigits.indexOf(text) + 1;
  return word.includes('十') ? 10 * (tens === '' ? 1 : digit(tens)) + digit(ones) : digit(ones);
}
