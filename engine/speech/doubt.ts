import { wordsIn } from './words.ts';

/** What is left of a recogniser's text once what nobody said is taken out. */
export interface Believed {
  /** Empty where nothing is believed. */
  text: string;
  /** Why something was taken out. */
  why?: string;
}

/** Descriptions of sounds, as subtitles have them: "[Music]", "(applause)", "♪". */
const descriptions = /\[[^\]]*\]|\([^)]*\)|（[^）]*）|【[^】]*】|\*[^*]{1,40}\*|[♪♫♬♩🎵🎶]+/gu;

/**
 * What Whisper and its kin say of sound without words, learnt from subtitles of films: said by nobody unless it takes as
 * long as a person takes to say it.
 */
const ghosts = [
  'you|thank you|thanks|thank you very much|thank you so much|thanks for watching|thank you for watching|bye|bye bye',
  'please subscribe|subscribe|see you next time|see you in the next video|the end|okay|ok|oh|so|yeah|hmm|mm|uh|um',
  'subtitles by the amara org community|subtitles by|transcription by castingwords|transcribed by https otter ai',
  'untertitel der amara org community|untertitel im auftrag des zdf|vielen dank|vielen dank fürs zuschauen',
  'sous titres réalisés par la communauté d amara org|sous titrage st 501|merci|merci d avoir regardé cette vidéo',
  'subtítulos realizados por la comunidad de amara org|gracias|gracias por ver|gracias por ver el video',
  'sottotitoli creati dalla comunità amara org|grazie|legendas pela comunidade amara org|obrigado',
  'продолжение следует|субтитры сделал dimatorzok|спасибо за просмотр|спасибо',
  'ご視聴ありがとうございました|ありがとうございました|おやすみなさい|시청해주셔서 감사합니다|감사합니다',
  '谢谢|謝謝|谢谢大家|謝謝大家|谢谢观看|謝謝觀看|字幕由amara org社区提供|字幕由amara org社區提供',
  '请不吝点赞 订阅 转发 打赏支持明镜与点点栏目|請不吝點贊 訂閱 轉發 打賞支持明鏡與點點欄目|中文字幕志愿者',
];
const ghostly = new Set(ghosts.join('|').split('|').map(bare));

/** Letters per second that nobody reaches; characters of Chinese and the like count for three. */
const tooFast = 45;
/** Letters per second that nobody stays below in this much speech. */
const tooSlow = { letters: 1.5, afterSec: 3 };
/** Letters per second of a person who says one of the ghosts. */
const ghostRate = 3;
/** The same words so often in a row are a loop of the decoder. */
const loopTimes = 5;

/**
 * Takes out of a recogniser's text what nobody can have said: descriptions of sounds, words that repeat without end,
 * more or fewer words than the speech has time for, and what recognisers are known to make of silence and music.
 *
 * @param speechSec how long somebody speaks in the piece
 */
export function believe(recognised: string, speechSec: number): Believed {
  const described = recognised.replace(descriptions, ' ').replace(/\s+/g, ' ').trim();
  if (!/[\p{L}\p{N}]/u.test(described)) return { text: '', why: 'no words' };
  const text = withoutLoops(described);
  const letters = lengthOf(text);
  const rate = letters / speechSec;
  if (rate > tooFast) return { text: '', why: 'more words than can be said in that time' };
  if (speechSec >= tooSlow.afterSec && rate < tooSlow.letters)
    return { text: '', why: 'too few words for so much sound' };
  if (ghostly.has(bare(text)) && rate < ghostRate)
    return { text: '', why: 'what recognisers make of silence and music' };
  if (text !== described) return { text, why: 'words that repeat without end' };
  return text === recognised.trim() ? { text } : { text, why: 'a description of sounds' };
}

/** Letters and figures; characters of scripts without spaces count for three. */
function lengthOf(text: string): number {
  let length = 0;
  for (const character of text)
    if (/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u.test(character)) length += 3;
    else if (/[\p{L}\p{N}]/u.test(character)) length++;
  return length;
}

function bare(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** A row of words that comes five times or more without a break is said once. */
function withoutLoops(text: string): string {
  const words = wordsIn(text);
  const keys = words.map(({ text: word }) => bare(word));
  const kept: { from: number; to: number }[] = [];
  for (let at = 0; at < words.length;) {
    const loop = loopAt(keys, at);
    const used = loop?.length ?? 1;
    kept.push({ from: words[at].from, to: words[at + used - 1].to });
    at += loop ? loop.length * loop.times : 1;
  }
  if (kept.length === words.length) return text;
  let result = '';
  let end = 0;
  for (const { from, to } of kept) {
    const spaced = end > 0 && /\s/.test(text.slice(end, from));
    result += (spaced ? ' ' : '') + text.slice(from, to);
    end = to;
  }
  return result;
}

function loopAt(keys: readonly string[], at: number): { length: number; times: number } | undefined {
  for (let length = 1; length <= 12 && at + length * loopTimes <= keys.length; length++) {
    let times = 1;
    while (keys.slice(at, at + length).every((key, n) => key === keys[at + times * length + n])) times++;
    if (times >= loopTimes) return { length, times };
  }
  return undefined;
}
