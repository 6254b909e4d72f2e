import { colours } from '../../protocol/colours.ts';
import { singulars } from '../inflection.ts';
import { nameIn } from './lexicon.ts';

/** Short answers, and pieces of them, that are the same every time. */
const fixed: Readonly<Record<string, string>> = {
  ...{ yes: '是', no: '否', nothing: '没有', 'not shown': '没有出现', 'at the same time': '同时' },
  ...{ left: '左边', middle: '中间', right: '右边', 'not in the same video': '不在同一个视频里' },
  ...{ 'can’t tell the colour': '无法判断颜色', 'can’t tell where': '无法判断位置' },
  'can’t tell what is beside it': '无法判断旁边有什么',
};

const colourNames: Record<(typeof colours)[number], string> = {
  ...{ black: '黑色', white: '白色', grey: '灰色', red: '红色', orange: '橙色', yellow: '黄色' },
  ...{ green: '绿色', blue: '蓝色', purple: '紫色', pink: '粉色', brown: '棕色' },
};

const patterns: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/^(\d+) seconds?$/u, ([, seconds]) => `${seconds} 秒`],
  [/^([\d:.]+) to ([\d:.]+)$/u, ([, from, to]) => `${from} 至 ${to}`],
  [/^(left|middle|right) to (left|middle|right)$/u, ([, from, to]) => `${fixed[from]}到${fixed[to]}`],
  [/^(.+) not shown$/u, ([, things]) => `${things.split(' and ').map(nameOf).join('和')}没有出现`],
  [/^(.+) and (.+)$/u, ([, one, other]) => `${pieceOf(one)}和${pieceOf(other)}`],
  [/^(.+?): (.+)$/u, ([, name, rest]) => `${nameOf(name)}：${pieceOf(rest)}`],
];

/**
 * An answer of the engine in a language: what it is made of is few words, times, colours and names. Names that are in no list
 * stay English. Undefined for a language that answers aren't given in.
 */
export function answerIn(language: string | undefined, answer: string): string | undefined {
  if (language !== 'zh') return undefined;
  return answer
    .split('; ')
    .map((part) => part.split(', ').map(pieceOf).join('，'))
    .join('；');
}

function pieceOf(piece: string): string {
  if (Object.hasOwn(fixed, piece)) return fixed[piece];
  const colour = colours.find((one) => one === piece);
  if (colour) return colourNames[colour];
  const whole = known(piece);
  if (whole !== undefined) return whole;
  for (const [pattern, make] of patterns) {
    const match = pattern.exec(piece);
    if (match) return make(match);
  }
  return piece;
}

function nameOf(name: string): string {
  return known(name) ?? name;
}

/** A name, whatever its article and number. */
function known(name: string): string | undefined {
  const bare = name.replace(/^(?:an?|the) /u, '').toLowerCase();
  for (const one of [bare, ...singulars(bare)]) {
    const called = nameIn('zh', one);
    if (called !== undefined) return called;
  }
  return undefined;
}
