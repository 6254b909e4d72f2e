import { englishOf, plural } from './phrase.ts';
import { piecesOf } from './pieces.ts';

/** A question or search in English, with what of it nobody knows. */
export interface InEnglish {
  english: string;
  unknown: string[];
  /** What it is about, as it was written. */
  said: string;
  /** It is a question of a known wording. */
  asks: boolean;
}

type Rule = [pattern: RegExp, english: (thing: string, groups: Readonly<Record<string, string>>) => string];
const rule = (source: string, english: Rule[1]): Rule => [new RegExp(`^(?:${source})$`, 'u'), english];

const shown = '(?:出现|露面|登场|被看到|显示|看到|来|到|经过)';
const time = '(?:什么时候|什么时间|何时|几时|几点|哪个时间|哪一刻|第几(?:秒|分钟)|多少秒)';
const what = '(?:什么(?:东西|物体|内容)?|啥|谁)';
const many = '(?:几|多少)(?:只|个|辆|条|头|匹|把|张|台|架|艘|位|名|本|瓶|杯|种)?';
const where = '(?:哪里|哪儿|哪边|哪一边|什么地方|什么位置|哪个位置|哪个地方|哪一侧)';

/** The first that fits counts; the groups named a and b are things. */
const rules: readonly Rule[] = [
  // Which of two
  rule(
    `(?<a>.+?)(?:和|与|跟|还是)(?<b>.+?),?(?:哪个|哪一个|谁)(?:更)?(?:先|早)${shown}?`,
    (a, { b }) => `which appears first, ${the(a)} or ${the(b)}`,
  ),
  rule(
    `(?<a>.+?)(?:和|与|跟|还是)(?<b>.+?),?(?:哪个|哪一个|谁)(?:更)?(?:后|晚)${shown}?`,
    (a, { b }) => `which appears last, ${the(a)} or ${the(b)}`,
  ),
  rule(`先${shown}的是(?<a>.+?)还是(?<b>.+?)`, (a, { b }) => `which appears first, ${the(a)} or ${the(b)}`),
  rule(
    `(?<a>.+?)(?:是不是|是否)?(?:在|比)(?<b>.+?)(?:之前|以前|先|前|早)${shown}吗?`,
    (a, { b }) => `does ${the(a)} come before ${the(b)}`,
  ),
  // How long, how often, how many
  rule(
    `(?:视频|录像|影片|片子)?(?:一共|总共)?有?多长(?:时间)?|(?:视频|录像|影片)(?:的)?(?:长度|时长)(?:是多少)?`,
    () => 'how long is the video',
  ),
  rule(
    `(?<a>.+?)(?:一共|总共)?(?:${shown}了?|持续了?|停留了?|待了?|有)?(?:多久|多长时间|多少秒|几秒)`,
    (a) => `how long is ${the(a)} shown`,
  ),
  rule(
    `(?<a>.+?)(?:一共|总共)?${shown}(?:了|过)?(?:几|多少)次`,
    (a) => `how many times does ${the(a)} appear`,
  ),
  rule(`${shown}(?:了|过)?(?:几|多少)次(?<a>.+)`, (a) => `how many times does ${the(a)} appear`),
  rule(
    `(?:一共|总共)?有?${many}(?<a>.+?)(?:进来|走进来|进入|进去|进了.*|来过|来了)了?`,
    (a) => `how many ${plural(bare(a))} come in`,
  ),
  rule(`(?:进来|来|走进来|进入)了${many}(?<a>.+)`, (a) => `how many ${plural(bare(a))} come in`),
  rule(
    `(?:一共|总共|同时|最多)*有?(?:看到|出现)?了?${many}(?<a>.+?)`,
    (a) => `how many ${plural(bare(a))} are there`,
  ),
  rule(`(?<a>.+?)(?:一共|总共)?有${many}`, (a) => `how many ${plural(bare(a))} are there`),
  // Colour, place, what is beside
  rule(
    `(?<a>.+?)(?:的颜色)?是?(?:什么|啥|哪种)(?:颜色|色)的?|(?<c>.+?)的颜色是什么`,
    (a, { c = '' }) => `what colour is ${the(a === '' ? c : a)}`,
  ),
  rule(
    `(?<a>.+?)(?:在|位于|处于)(?:左边|左侧|左)还是(?:在)?(?:右边|右侧|右)`,
    (a) => `where in the picture is ${the(a)}`,
  ),
  rule(
    `(?<a>.+?)(?:${shown})?(?:在|位于|处于)(?:画面|图像|屏幕|镜头|视频)?(?:的|里|中)*${where}(?:${shown})?`,
    (a) => `where in the picture is ${the(a)}`,
  ),
  rule(
    `(?<a>.+?)(?:的)?(?:旁边|边上|身边|附近|旁)(?:还)?(?:是|有)(?:些)?${what}`,
    (a) => `what is next to ${the(a)}`,
  ),
  // When
  rule(
    `(?<a>.+?)(?:的)?(?:第一次|首次|最早|最先)(?:是)?(?:在)?${time}?${shown}(?:的)?(?:是|在)*(?:${time})?`,
    (a) => `when does ${the(a)} first appear`,
  ),
  rule(
    `(?<a>.+?)(?:是)?(?:在)?${time}(?:第一次|首次|最早|最先)${shown}(?:的)?`,
    (a) => `when does ${the(a)} first appear`,
  ),
  rule(
    `${time}(?:第一次|首次|最早)(?:能|可以)?(?:${shown}|有)(?:了|过)?(?<a>.+)`,
    (a) => `when does ${the(a)} first appear`,
  ),
  rule(
    `(?<a>.+?)(?:的)?最后(?:一次)?(?:是)?(?:在)?${time}?${shown}(?:的)?(?:是|在)*(?:${time})?`,
    (a) => `when does ${the(a)} last appear`,
  ),
  rule(`${time}(?:能|可以)?(?:${shown}|有)(?:了|过)?(?<a>.+?)`, (a) => `when does ${the(a)} appear`),
  rule(
    `(?<a>.+?)(?:是)?(?:在)?${time}(?:会|能|被)?(?:${shown}|有|开始|离开)?(?:了|过|的)*`,
    (a) => `when does ${the(a)} appear`,
  ),
  // First, last, in order, at a time
  rule(
    `(?:第|在)?(?<n>\\d+|[一二三四五六七八九十]+)(?<unit>秒|分钟|分)(?:的时候|时|处|左右)?(?:是|有|${shown}|发生)?(?:了|的)?(?:是)?(?:些)?${what}`,
    (_, { n, unit }) => `what is shown at ${numberOf(n)} ${unit === '秒' ? 'seconds' : 'minutes'}`,
  ),
  rule(
    `(?:最先|最开始|一开始|首先|开头|开始|第一个)(?:的时候|时)?(?:${shown}|是|有)*(?:了|的)?(?:是)?(?:些)?${what}`,
    () => 'what is shown first',
  ),
  rule(
    `(?:最后|结尾|结束|末尾)(?:的时候|时|一个)?(?:${shown}|是|有)*(?:了|的)?(?:是)?(?:些)?${what}`,
    () => 'what is shown last',
  ),
  // Before and after
  rule(
    `(?:在)?(?<a>.+?)(?:${shown})?(?:之后|以后|后面|后),?(?:紧接着|接着|接下来|马上)?(?:是|有|${shown}|发生)?(?:了|的)?(?:是)?${what}`,
    (a) => `what comes after ${the(a)}`,
  ),
  rule(
    `(?:在)?(?<a>.+?)(?:${shown})?(?:之前|以前|前面|前),?(?:紧接着|刚刚)?(?:是|有|${shown}|发生)?(?:了|的)?(?:是)?${what}`,
    (a) => `what comes before ${the(a)}`,
  ),
  rule(
    `(?:按顺序|依次|先后|从头到尾)?(?:列出|列举|说说|描述|概括|总结|讲讲)(?:一下)?.*|(?:按顺序|依次|先后|都)+(?:${shown}|有|发生)(?:了|过)?(?:些)?(?:什么|哪些).*|(?:都)?(?:发生|讲|讲述|拍|${shown})(?:了|过)?(?:些)?(?:什么|哪些)(?:东西|内容|事情?)?|有(?:些)?(?:什么|哪些)(?:东西|内容)?`,
    () => 'list what is shown in order',
  ),
  rule(`(?:这|那|这个)?是${what}`, () => 'what is this'),
  rule(
    `(?:都)?(?:有|出现|看到)(?:了|过)?(?:哪些|什么|哪几种)(?<a>.+)`,
    (a) => `which ${plural(bare(a))} are there`,
  ),
  // Yes or no
  rule(
    `(?:能不能|可不可以|能否|能|可以)?(?:有没有|是不是有|是否有|有无|有没)(?:${shown})?(?:了|过)?(?<a>.+?)(?:${shown})?(?:了|过)?吗?`,
    (a) => `is there ${a}`,
  ),
  rule(
    `(?:能|可以|有)?(?:${shown}|看见|看得到|有)(?:了|过)?(?<a>.+?)(?:${shown})?(?:了|过)?(?:吗|没有|没)`,
    (a) => `is there ${a}`,
  ),
  rule(`(?<a>.+?)(?:有没有|是否|是不是)(?:${shown})(?:了|过)?`, (a) => `is there ${a}`),
  rule(`(?<a>.+?)(?:有)?(?:${shown})(?:了|过)?(?:吗|没有|没)`, (a) => `is there ${a}`),
  rule(`(?<b>.+?)(?:有没有|是不是有|是否有|有无)(?<a>.+)`, (a, { b }) => `is there ${a} ${b}`),
  rule(`(?<a>.+?)(?:在吗|有吗)`, (a) => `is there ${a}`),
];

const politeness =
  /^(?:请问|请|麻烦|帮我|给我|能不能|可以)?(?:帮我|给我)?(?:(?:在|从)?(?:这个|这段|该|这|整个)?(?:视频|录像|影片|画面|片子|镜头|素材)(?:里面|里边|里|中|内|上)?(?:的)?,?)?/u;
const search =
  /^(?:我(?:想|要|需要)(?:找|看|搜)(?:一下)?|(?:查找|寻找|搜索|搜一下|搜|找出|找到|找一下|找|显示|展示|看看|看(?=所有|全部|一下))(?:所有|全部)?(?:的)?)(?<thing>.+?)$/u;
const footage = /(?:出现)?的(?:所有)?(?:片段|镜头|画面|场景|视频|时刻|部分|地方)$/u;

/**
 * A Chinese question or search in English: "红色的车什么时候出现？" is "when does the red car appear". The wordings are those of
 * questions.ts; one that fits none is looked for as a thing.
 */
export function chineseInEnglish(text: string): InEnglish {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s"“”「」『』《》]+/gu, (gap, at: number) =>
      /^\s+$/u.test(gap) && isBetweenLatin(text, at) ? ' ' : '',
    )
    .replace(/[?？!！。.…]+$/u, '')
    .replace(/(?:呢|呀|啊|吧|哦)+$/u, '');
  const bareWords = words.replace(politeness, '') || words;
  const sought = search.exec(bareWords)?.groups?.thing;
  if (sought !== undefined) return { ...named(sought.replace(footage, '')), asks: false };
  const asked = bareWords === words ? [words] : [bareWords, words];
  for (const wording of asked)
    for (const [pattern, english] of rules) {
      const groups = pattern.exec(wording)?.groups;
      if (!groups && !pattern.test(wording)) continue;
      const unknown: string[] = [];
      const said = Object.fromEntries(
        Object.entries(groups ?? {}).map(([name, value]) => {
          if (value === undefined || !/^[abc]$/u.test(name)) return [name, value ?? ''];
          const thing = thingIn(value);
          unknown.push(...thing.unknown);
          return [name, thing.english];
        }),
      );
      const { a = '' } = said;
      // "有" and "是" alone name nothing: another wording may fit better.
      if (groups && 'a' in groups && groups.a !== undefined && a === '' && unknown.length === 0) continue;
      return { english: `${english(a, said)}?`, unknown, said: groups?.a ?? wording, asks: true };
    }
  return { ...named(bareWords.replace(footage, '')), asks: false };
}

function named(words: string): Omit<InEnglish, 'asks'> {
  return { ...thingIn(words), said: words };
}

function thingIn(words: string): { english: string; unknown: string[] } {
  return englishOf(piecesOf(words, 'zh'));
}

/** "A dog" is "the dog"; several things and names without an article stay. */
function the(thing: string): string {
  return thing.replace(/^(?:an?|some) /u, 'the ');
}

function bare(thing: string): string {
  return thing.replace(/^(?:an?|the|some) /u, '');
}

function isBetweenLatin(text: string, at: number): boolean {
  return /[a-z0-9]/iu.test(text[at - 1] ?? '') && /[a-z0-9]/iu.test(text.slice(at).trimStart()[0] ?? '');
}

const digits = '零一二三四五六七八九';

/** "十二" is 12; up to ninety-nine. */
function numberOf(text: string): number {
  if (/^\d+$/u.test(text)) return Number(text);
  const [tens, ones = ''] = text.includes('十') ? text.split('十') : ['', text];
  const ten = text.includes('十') ? (tens === '' ? 1 : digits.indexOf(tens)) * 10 : 0;
  return ten + Math.max(0, ones === '' ? 0 : digits.indexOf(ones));
}
