import { clockSeconds, normaliseQuestion } from './question-words.ts';
import type { SpokenQuestion } from './spoken-questions.ts';
import { colourWords } from './vocabulary/colours.ts';

export { normaliseQuestion } from './question-words.ts';

/** What a question is after, as far as its wording tells. Subjects are without article: "red ball". */
export type Question =
  | SpokenQuestion
  | { kind: 'shown'; subject: string }
  | { kind: 'after' | 'before'; subject: string }
  | { kind: 'first' | 'last' }
  /** What is shown, in order; `from` and `past` (seconds) where only a stretch is asked about. */
  | { kind: 'order'; from?: number; past?: number }
  | { kind: 'what'; at?: number }
  /** `end`: only the first or the last time. */
  | { kind: 'when'; subject: string; end?: 'first' | 'last' }
  /** For how long all together; of a "video" how long it is. */
  | { kind: 'duration'; subject: string }
  /** Which things of a kind there are; of what is no kind an open question. */
  | { kind: 'which'; subject: string }
  /** Of which colour it is. */
  | { kind: 'colour'; subject: string }
  /** Where in the picture it is. */
  | { kind: 'where'; subject: string }
  /** What is in the picture with it. */
  | { kind: 'beside'; subject: string }
  | { kind: 'times'; subject: string }
  | { kind: 'count'; subject: string }
  /**
   * How many come (in): each that stays for a while is one. `entering`: those who were there already don't count.
   * `distinct`: who comes again is one.
   */
  | { kind: 'visits'; subject: string; entering: boolean; distinct?: true }
  /** Which of two comes first (last); `asks` where it is a yes or no: "does A come before B?" */
  | { kind: 'versus'; end: 'first' | 'last'; things: [string, string]; asks?: true }
  | { kind: 'open' };

const video = '(?:video|clip|film|movie|footage|recording|scene)';
const inVideo = `(?: (?:anywhere|somewhere|at any (?:point|time)|at all|ever|on (?:the )?screen|(?:in|during|within|of) (?:the|this|my) ${video}|here))*`;
const appear =
  '(?:appears?|appeared|shows? up|showed up|comes? up|came up|comes? (?:on|into view)|occurs?|(?:is|are|was|were|gets?) (?:shown|seen|visible|present|featured|on screen)|(?:be )?(?:shown|seen|visible|present|featured))';
const shown = '(?:shown|seen|visible|present|featured|depicted)';
const comes =
  '(?:comes|came|happens|happened|appears|appeared|is|was|is shown|was shown|is seen|was seen|shows up|occurs|do (?:you|we|i) see|did (?:you|we|i) see|can be seen)';

type Rule = [pattern: RegExp, question: (subject: string, match: RegExpMatchArray) => Question];
const rule = (source: string, question: Rule[1]): Rule => [new RegExp(`^(?:${source})$`, 'u'), question];

const oneColour = `(?:${colourWords.join('|')})`;
const happens =
  'what (?:is|was|happens|happened|is going on|is happening|do (?:you|we|i) see|can be seen|can (?:you|we|i) see)(?: shown| seen| there| visible| happening)?';
/** "1:02:03.5", "75", "75 s", "3 minutes". */
const time = '\\d+(?::\\d\\d){0,2}(?:[.,]\\d+)?(?: ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hours?))?';

const picture = '(?:picture|frame|image|photo|screen|shot|view)';

const entering =
  '(?:come|comes|came|walk|walks|walked|go|goes|went|get|gets|got|step|steps|stepped|drive|drives|drove|ride|rides|rode|run|runs|ran) (?:in|into|inside|by|past|through|along|up|over|to|towards|toward|out|back|onto)|enter|enters|entered|arrive|arrives|arrived|come|comes|came';
const staying = 'visit|visits|visited|pass|passes|passed|stay|stays|stayed|stop by|stops by|stopped by';
const anybody = /^(?:any|some)(?:one|body)$/u;
const somebody = /^(?:somebody|someone|anybody|anyone|one|people|persons|visitors?|guests?|customers?)$/u;

function visits(subject: string, { groups }: RegExpMatchArray): Question {
  return {
    kind: 'visits',
    subject: somebody.test(subject) ? 'person' : subject,
    entering: new RegExp(`^(?:${entering})$`, 'u').test(groups?.verb ?? ''),
    ...(groups?.distinct && { distinct: true }),
  };
}

/** What it does then: "when does the bus arrive?" is about the bus. */
const acting = / (?:arrive|come(?: in| on| by)?|enter|leave|start|begin|happen|go by|pass(?: by)?)s?$/u;
const appearing = new RegExp(` (?:${appear}|come|come on)$`, 'u');

/** "When is the first dog …?", "when does the dog first …?": the subject without the word. */
function when(words: string): Question {
  const subject = words.replace(acting, '').replace(anybody, 'person');
  const { thing, end } =
    /^(?<end>first|last) (?<thing>.+)$/u.exec(subject)?.groups ??
    /^(?<thing>.+?) (?:for the )?(?<end>first|last)(?: time)?$/u.exec(subject)?.groups ??
    {};
  if (thing === undefined) return { kind: 'when', subject };
  const bare = bareSubject(thing.replace(appearing, ''));
  return { kind: 'when', subject: bare, end: end === 'first' ? 'first' : 'last' };
}

function versus(end: 'first' | 'last', asks?: true): Rule[1] {
  return (subject, { groups }) => ({
    kind: 'versus',
    end,
    things: [bareSubject(groups?.other ?? ''), subject],
    ...(asks && { asks }),
  });
}

/** The first that fits counts; the subject is the group named s. */
const rules: Rule[] = [
  // Which of two
  rule(
    `(?:what|which|who)(?: one| thing)? ${comes}(?: ${shown})? (?:first|earlier|sooner)${inVideo}[,:;]? (?<other>.+?),? or (?<s>.+?)`,
    versus('first'),
  ),
  rule(
    `(?:what|which|who)(?: one| thing)? ${comes}(?: ${shown})? (?:last|later)${inVideo}[,:;]? (?<other>.+?),? or (?<s>.+?)`,
    versus('last'),
  ),
  rule(
    `(?:does|do|did|will) (?<other>.+?) or (?<s>.+?) (?:come|appear|happen|occur|show up) (?:first|earlier|sooner)${inVideo}`,
    versus('first'),
  ),
  rule(
    `(?:does|do|did|will) (?<other>.+?) or (?<s>.+?) (?:come|appear|happen|occur|show up) (?:last|later)${inVideo}`,
    versus('last'),
  ),
  rule(
    `(?:does|do|did|is|are|was|were) (?!there )(?<other>.+?) (?:${appear} |come |happen )?(?:before|earlier than|sooner than) (?<s>.+?)(?: ${appear}| does| did)?${inVideo}`,
    versus('first', true),
  ),
  rule(
    `(?:does|do|did|is|are|was|were) (?!there )(?<other>.+?) (?:${appear} |come |happen )?(?:after|later than) (?<s>.+?)(?: ${appear}| does| did)?${inVideo}`,
    versus('last', true),
  ),
  // Colours
  rule(
    `(?:(?:of )?(?:what|which) colou?rs? (?:is|are|was|were|does|do|did|has|have)|what (?:is|are|was|were) the colou?rs? of) (?<s>.+?)(?: have| painted)?${inVideo}`,
    (subject) => ({ kind: 'colour', subject }),
  ),
  rule(
    `(?:is|are|was|were) (?:the|this|that|these|those|any|my) (?<s>[\\p{L}-]+(?: [\\p{L}-]+)?) (?<colour>${oneColour}(?: (?:and|or) ${oneColour})?)${inVideo}`,
    (subject, { groups }) => ({ kind: 'shown', subject: `${groups?.colour ?? ''} ${subject}` }),
  ),
  // Places in the picture
  rule(
    `(?:where|(?:in|at|on) (?:which|what) (?:part|area|corner|place|spot)) (?:in|on|of|within) the ${picture} (?:(?:can|could|do|did) (?:you|we|i) (?:see|find|spot)|does|do|did|is|are|was|were) (?<s>.+?)(?: ${appear}| ${shown})?${inVideo}`,
    (subject) => ({ kind: 'where', subject }),
  ),
  rule(
    `(?:on )?(?:which|what) side(?: of the ${picture})? (?:(?:do|did|can) (?:you|we|i) see|is|are|was|were|does|do|did) (?<s>.+?)(?: on| ${appear}| ${shown})?${inVideo}`,
    (subject) => ({ kind: 'where', subject }),
  ),
  rule(
    `(?:is|are|was|were) (?!there )(?<s>.+?) (?:(?:on|at|to|in) )?(?:the )?(?:left|right)(?:[ -](?:hand )?side)?,? or (?:(?:on|at|to|in) )?(?:the )?(?:left|right|middle|centre|center)(?:[ -](?:hand )?side)?(?: of the ${picture})?${inVideo}`,
    (subject) => ({ kind: 'where', subject }),
  ),
  rule(
    `what(?: else)? (?:is|are|was|were|stands?|sits?|lies|can be seen|(?:do|can) (?:you|we|i) see)(?: (?:shown|seen|visible|standing|sitting|lying))? (?:right |directly |just )?(?:next to|beside|alongside|near) (?<s>.+?)${inVideo}`,
    (subject) => ({ kind: 'beside', subject }),
  ),
  rule(
    `what else (?:is|are|was|were|can be seen|(?:do|can) (?:you|we|i) see)(?: there)?(?: shown| seen| visible)?(?: in the (?:same )?${picture})? (?:together |along )?with (?<s>.+?)${inVideo}`,
    (subject) => ({ kind: 'beside', subject }),
  ),
  // How long
  rule(
    `(?:for )?how (?:long|much time|many (?:seconds|minutes|hours)) (?:is|are|was|were|does|do|did|has|have|can (?:you|we|i) see) (?<s>.+?)(?: (?:appear|last|stay|remain|take|been|visible|shown|seen|present|there|on (?:the )?screen|in (?:the )?(?:view|sight|frame|shot|picture)))*${inVideo}`,
    (subject) => ({ kind: 'duration', subject }),
  ),
  // Visits
  rule(`how (?:many times|often) (?:does|do|did) (?<s>.+?) (?<verb>${entering}|${staying})(?: .*)?`, visits),
  rule(
    `how many (?<distinct>(?:different|distinct|unique) )?(?<s>.+?) (?:(?:do|does|did|can|have|has) (?:(?:you|we|i) see )?)?(?<verb>${entering}|${staying})(?:ing)?(?: .*)?`,
    visits,
  ),
  // Times and counts
  rule(
    `how (?:many times|often) (?:does|do|did|is|are|was|were|can (?:you|we|i) see) (?<s>.+?)(?: ${appear})?${inVideo}`,
    (subject) => ({ kind: 'times', subject }),
  ),
  rule(
    `how many (?:(?:different|distinct|various|(?:kinds|types|sorts) of) )*(?<s>.+?)(?: (?:are|is|were|was|do|can|did|have|has|appear)(?: .*)?)?${inVideo}`,
    (subject) => ({ kind: 'count', subject }),
  ),
  rule(`(?:count|number of) (?:the )?(?<s>.+?)${inVideo}`, (subject) => ({ kind: 'count', subject })),
  rule(
    `(?:when|(?:at )?(?:what|which) (?:time|point|moment)|where in (?:the|this) ${video}|where(?= \\S+ (?!(?:this|that|it|he|she|they|we|you|these|those|everyone|everybody)\\b))) (?:(?:can|could|do|did|will) (?:you|we|i) (?<early>first )?(?:see|find|spot|notice)|does|do|did|is|are|was|were|will) (?:there )?(?<s>.+?)(?: ${appear}| ${shown})?${inVideo}`,
    (subject, { groups }) => (groups?.early ? { kind: 'when', subject, end: 'first' } : when(subject)),
  ),
  rule(
    `(?:show|find|locate|list|name|give)(?: me)?(?: all)?(?: of)?(?: (?:the|every))? (?:moments?|scenes?|shots?|clips?|parts?|times?|occurrences|appearances)(?: (?:that|which))? (?:with|of|where|when|in which|showing|containing|show|contain)(?: there (?:is|are))? (?<s>.+?)(?: ${appear})?${inVideo}`,
    when,
  ),
  rule(
    `(?:show|find|locate|point out)(?: me)?(?: all)?(?: of)?(?: (?:the|a|an|every|any))? (?!(?:what|everything|this|that|it|all)\\b)(?<s>.+?)${inVideo}`,
    when,
  ),
  // Before and after
  rule(
    `what ${comes}(?: the)?(?: right| immediately| directly| just| next| thing| shown| seen)* (?:after|following) (?<s>.+?)(?: ${appear})?${inVideo}`,
    (subject) => ({ kind: 'after', subject }),
  ),
  rule(`what (?:follows|followed) (?<s>.+?)(?: ${appear})?${inVideo}`, (subject) => ({
    kind: 'after',
    subject,
  })),
  rule(
    `(?:right |immediately |just )?after (?<s>.+?),? what(?: ${comes})?(?: next| shown| seen)?${inVideo}`,
    (subject) => ({ kind: 'after', subject }),
  ),
  rule(
    `what ${comes}(?: the)?(?: right| immediately| directly| just| thing| shown| seen)* (?:before|preceding) (?<s>.+?)(?: ${appear})?${inVideo}`,
    (subject) => ({ kind: 'before', subject }),
  ),
  rule(`what (?:precedes|preceded) (?<s>.+?)${inVideo}`, (subject) => ({ kind: 'before', subject })),
  rule(
    `(?:right |immediately |just )?before (?<s>.+?),? what(?: ${comes})?(?: shown| seen)?${inVideo}`,
    (subject) => ({ kind: 'before', subject }),
  ),
  // First, last, in order
  rule(
    `what ${comes}(?: the)?(?: very)? (?:first|at the (?:very )?(?:beginning|start))(?: thing)?(?: ${shown})?${inVideo}|what(?: is|'s| was)? the (?:very )?first (?:thing|object|item|picture|shot)(?: .*)?|(?:how|what) (?:does|did) (?:the|this|it)(?: ${video})? (?:start|begin|open)(?: with)?|${happens} (?:right )?at the (?:very )?(?:beginning|start)${inVideo}`,
    () => ({ kind: 'first' }),
  ),
  rule(
    `what ${comes}(?: the)?(?: very)? (?:last|at the end)(?: thing)?(?: ${shown})?${inVideo}|what(?: is|'s| was)? the (?:very )?last (?:thing|object|item|picture|shot)(?: .*)?|(?:how|what) (?:does|did) (?:the|this|it)(?: ${video})? (?:end|finish|close)(?: with)?|${happens} (?:right )?at the (?:very )?end${inVideo}`,
    () => ({ kind: 'last' }),
  ),
  rule(
    `(?:list|tell me|name|say|read out|describe|summari[sz]e|show)(?: me)?(?: (?:what|everything|all|the|this|that|it|things|objects|shots|scenes|contents?|is|happens|shown|seen|appears|of|${video}|in|order),?)*(?: in order)?|what (?:is|are|was|were)(?: the)?(?: things| objects)? ?${shown}?,? in (?:which |what )?order${inVideo}|what (?:happens|is shown|can be seen|is going on|all is shown)${inVideo}|in (?:what|which) order .+|what is (?:this|the) ${video} (?:about|of)`,
    () => ({ kind: 'order' }),
  ),
  // Yes or no
  rule(`(?:is|are|was|were) there (?:ever )?(?<s>.+?)${inVideo}`, (subject) => ({ kind: 'shown', subject })),
  rule(
    `(?:do|did|can|could|will|would) (?:you|we|i|one) (?:ever |actually )?(?:see|spot|notice|find|make out) (?<s>.+?)${inVideo}`,
    (subject) => ({ kind: 'shown', subject }),
  ),
  rule(
    `(?:does|did|do) (?:it|this|(?:the|this|my) ${video}) (?:ever )?(?:show|contain|have|include|feature|depict) (?<s>.+?)${inVideo}`,
    (subject) => ({ kind: 'shown', subject }),
  ),
  rule(
    `(?:does|do|did|will) (?<s>.+?) (?:ever )?(?:appear|show up|come up|occur|exist|feature|happen)${inVideo}`,
    (subject) => ({ kind: 'shown', subject }),
  ),
  rule(
    `(?:is|are|was|were|has|have) (?<s>.+?) (?:ever )?(?:been )?(?:${shown}|on (?:the )?screen|in (?:the|this|my) ${video})${inVideo}`,
    (subject) => ({ kind: 'shown', subject }),
  ),
  rule(`any (?<s>.+?)${inVideo}`, (subject) => ({ kind: 'shown', subject })),
  // What
  rule(
    `${happens} (?:at|around|about|near) (?:around |about )?(?:(?:second|the) )?(?<s>${time})(?: in)?${inVideo}`,
    (subject) => ({ kind: 'what', at: clockSeconds(subject) }),
  ),
  rule(`${happens} (?:at|around|in) (?:the )?minute (?<s>\\d+)${inVideo}`, (subject) => ({
    kind: 'what',
    at: 60 * Number(subject),
  })),
  rule(
    `(?:${happens}|(?:list|describe|summari[sz]e|show|tell me)(?: me)?(?: (?:what|everything|all|it|the|this|that|${video}|is|happens|shown|seen))*) (?:between|from) (?<s>${time}) (?:and|to|until|till) (?<past>${time})${inVideo}`,
    (subject, { groups }) => {
      const [from, past] = [clockSeconds(subject), clockSeconds(groups?.past ?? '')];
      return { kind: 'order', from: Math.min(from, past), past: Math.max(from, past) };
    },
  ),
  rule(
    `(?:list|enumerate|name(?= (?:me|all|the|every|any)\\b))(?: me)?(?: all)?(?: of)?(?: (?:the|every|any))? (?<s>.+?)${inVideo}`,
    (subject) => ({ kind: 'which', subject }),
  ),
  rule(
    `(?:what|which)(?: (?:kinds?|types?|sorts?) of)? (?<s>(?:[\\p{L}-]+ ){0,2}?[\\p{L}-]+) (?:are|is|were|was|do|does|did|can|could|have|has|appears?|appeared|comes?|came)(?: .*)?`,
    (subject) => ({ kind: 'which', subject }),
  ),
  rule(
    `what(?: is|'s| are| was)? (?:this|that|it|these|shown|seen|visible|here|there)(?: here)?${inVideo}|what (?:do|can) (?:you|we|i) see${inVideo}`,
    () => ({ kind: 'what' }),
  ),
];

/** Reads what a question asks for; a wording that fits no known kind is "open". */
export function parseQuestion(question: string): Question {
  const text = normaliseQuestion(question).replace(/\b(what|when|where|who|how|there)'s\b/g, '$1 is');
  for (const [pattern, make] of rules) {
    const match = text.match(pattern);
    if (!match) continue;
    const subject = bareSubject(match.groups?.s ?? '').replace(anybody, 'person');
    if (match.groups && 's' in match.groups && subject === '') continue;
    return make(subject, match);
  }
  return bareThing.test(text) ? { kind: 'when', subject: bareSubject(text) } : { kind: 'open' };
}

/** Nothing but a thing, "a red car": of one to three words, the first of which begins no question and no talk. */
const bareThing =
  /^(?!(?:why|who|whose|whom|how|what|which|when|where|is|are|am|was|were|do|does|did|can|could|should|shall|may|might|must|would|will|has|have|had|tell|explain|describe|hello|hi|hey|thanks|thank|please|yes|no|ok|okay|test|help|if|there|it|he|she|they|we|you|i)\b)[\p{L}-]+(?: [\p{L}-]+){0,2}$/u;

/** The thing without its article: "a red ball" is "red ball". */
export function bareSubject(words: string): string {
  let bare = words.trim();
  for (;;) {
    const less = bare
      .replace(/^(?:an?|the|any|some|ever|that|this|these|those|my|one of the)\s+/u, '')
      .trim();
    if (less === bare) return bare;
    bare = less;
  }
}
