import type { Language } from './language.ts';
import { normaliseQuestion, type Question } from './questions.ts';

/** Why nothing is answered to some words, whatever the footage shows. */
export type NotAsked = 'language' | 'greeting' | 'statement' | 'incomplete' | 'several';

const greeting =
  /^(?:(?:hi|hello|hey|hallo|yo|bye|goodbye|good (?:morning|afternoon|evening|night|day)|thanks?(?: you)?(?: (?:very|so) much)?|thx|cheers|ok(?:ay)?|test(?:ing)?|how are you(?: doing)?(?: today)?|how do you do|what(?:'s| is) up|who are you|what(?:'s| is) your name|what can you do|can you help(?: me)?|help(?: me)?|please)(?: (?:there|longview|everyone|all))?[,!. ]*)+$/u;

const chineseGreeting =
  /^(?:(?:你好|您好|嗨|哈喽|早上好|晚上好|谢谢|多谢|再见|测试|你是谁|你能做什么)(?:你|您|啊|呀|吗)?[，,。.!！?？ ]*)+$/u;

/** How a question, or a request, begins. */
const opener =
  /^(?:(?:please|so|and|ok|okay|well|now) )*(?:who|whose|whom|what|which|when|where|why|how|is|are|am|was|were|do|does|did|can|could|will|would|shall|should|may|might|must|has|have|had|any|at what|at which|in what|in which|on which|for how|of what|to what|list|show|find|tell|name|count|describe|summari[sz]e|give|look|locate|point|read|say|search|get|enumerate|explain|number of|i am looking|i'm looking|looking for|i (?:want|need|would like|'d like)|right |immediately |just |after |before )\b/u;

/** Words that a question can't end in: what they lead to is missing. */
const dangling =
  /(?:^|\s)(?:the|a|an|of|and|or|my|is|are|was|were|does|do|did|after|before|between|how|how many|how much|how often|how long|which|than|as|to|any|some|every)$/u;
/** Asked alone these ask nothing. */
const bareWords = /^(?:who|whose|what|which|when|where|why|how|is there|are there)$/u;

const subject =
  '(?:i|you|he|she|it|we|they|this|that|these|those|there|the|a|an|my|our|your|his|her|their|some)';
const finite =
  "(?:am|is|are|was|were|isn't|aren't|wasn't|weren't|have|has|had|do|does|did|don't|doesn't|didn't|like|likes|love|loves|hate|hates|think|thinks|believe|know|knows|want|wants|need|needs|went|goes|go|came|comes|saw|see|bought|made|makes|took|takes|will|would|can|can't|could|should)";
const statement = new RegExp(`^${subject} (?:[\\p{L}'-]+ ){0,4}?${finite}\\b`, 'u');

const second =
  '(?:how (?:many|long|often|much)|what|when|where|who|why|which|is there|are there|is the|are the|does|do|did|can)';
const twice = new RegExp(`(?:,| and|;|\\.) (?:and )?${second} `, 'u');

/**
 * Whether some words are no question that can be answered: in a language that the model wasn't taught, a greeting, a statement,
 * half a question, or two at once.
 * @param languages what the model understands, as ISO 639-1; any where absent
 * @param put it was put into English by word lists, so that its wording is known
 */
export function notAsked(
  text: string,
  asks: Question,
  language: Language,
  languages: readonly string[] | undefined,
  put = false,
): NotAsked | undefined {
  if (!/[\p{L}\p{N}]/u.test(text)) return 'incomplete';
  if (!understands(language, languages)) return 'language';
  if (chineseGreeting.test(text.trim())) return 'greeting';
  if (put) return undefined;
  const words = normaliseQuestion(text);
  if (greeting.test(words)) return 'greeting';
  if (bareWords.test(words) || (dangling.test(words) && (asks.kind === 'open' || isEmpty(asks))))
    return 'incomplete';
  if (isSeveral(text, words, asks)) return 'several';
  const asked = /[?？]\s*["'”’]*\s*$/u.test(text);
  if (!asked && asks.kind === 'open' && !opener.test(words) && statement.test(words)) return 'statement';
  return undefined;
}

/**
 * Whether words are in a language that a model knows. Latin letters without a telling word may be of any language.
 * @param languages as ISO 639-1; any where absent
 */
export function understands({ script, code }: Language, languages: readonly string[] | undefined): boolean {
  if (!languages) return true;
  if (code !== undefined) return languages.includes(code);
  return script === undefined || script === 'latin';
}

/** "What comes after the" has no subject of its own. */
function isEmpty(asks: Question): boolean {
  return 'subject' in asks && /^(?:the|a|an|of|and|or|my|after|before)?$/u.test(asks.subject);
}

function isSeveral(text: string, words: string, asks: Question): boolean {
  const sentences = text
    .split(/[?？]+/u)
    .map((part) => part.trim())
    .filter((part) => (part.match(/[\p{L}\p{N}]+/gu) ?? []).length >= 2 || /\p{sc=Han}{2}/u.test(part));
  if (sentences.length > 1 && sentences.slice(1).some((part) => opener.test(normaliseQuestion(part))))
    return true;
  return asks.kind !== 'versus' && opener.test(words) && twice.test(words.replace(opener, ''));
}
