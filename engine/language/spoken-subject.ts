/** Who speaks, and that somebody does, before what is spoken of; as people ask it in English. */
const english =
  /^(?:(?:and|so) )?(?:(?:show me |find |tell me )?(?:the (?:part|moment|place|time|bit)s? )?(?:when|where|why|how often|how many times|at what point|at which point|in which (?:part|video))(?: (?:do|does|did|is|are|was|were|has|have))? )?(?:he|she|they|somebody|someone|anybody|anyone|people|you|i|we|the (?:speaker|teacher|lecturer|professor|presenter|narrator|man|woman|host|guest)s?) (?:(?:ever|first|also|finally) )?(?:talk|speak|say|tell|mention|explain|discuss|describe)(?:s|ed|ing)?(?: something| anything)?(?: (?:about|of|on|that|the words?|the names?))? (?=\S)/iu;

const where = '什么时候|何时|哪里|在哪里|在哪儿|哪儿|哪一段|为什么|有没有|第一次|首次|几次|多少次|多少遍';
const who = '有人|他们|她们|他|她|我们|我|老师|教授|主持人|主讲人|讲者|演讲者|视频里|视频中|片中';
const about = '说起|谈起|讲起|说到|谈到|提到|讲到|聊到|谈论|讨论|提及|提过|说过|讲过|谈过';
/** The same in Chinese; "说" and the like alone only after somebody who does it. */
const chinese = new RegExp(
  `^(?:请问|请|帮我|给我)?(?:找到|找出|找|搜索|查找|告诉我)?(?:(?:${where}|${who}|都|是|在|的时候)*(?:${about})|(?:${where}|${who}|都|是|在)+(?:说|谈|讲|聊|介绍|解释))(?:了|过)?(?:关于|有关)?`,
  'u',
);
const chineseEnd =
  /(?:的(?:部分|片段|时候|地方|内容|话))?(?:多少次|几次|多少遍|几遍)?(?:吗|呢|呀|啊)?[？?。]*$/u;

/**
 * What somebody speaks of, in a query that asks when or where it is spoken of: "when does she talk about money" and
 * "她什么时候谈到钱" look for "money" and "钱". Anything else stays as it is.
 */
export function spokenSubject(query: string): string {
  const rest = query.replace(english, '');
  if (rest !== query) return rest;
  const subject = query.replace(chinese, '');
  return subject === query ? query : subject.replace(chineseEnd, '') || query;
}
