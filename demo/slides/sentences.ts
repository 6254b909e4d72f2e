import type { Random } from '../sample/random.ts';

const english = {
  titles:
    `The water cycle|Trade along the Silk Road|How vaccines train immunity|Supply and demand|Plate tectonics|
    Sorting algorithms compared|The French Revolution|Neurons and synapses|Renewable energy in Europe|
    Introduction to probability|Baroque music and its forms|Databases: indexes and joins|Ocean currents|
    Reading a balance sheet|Antibiotics and resistance|Bridges: arches and cables|Roman law|Stars and their colours|
    Graphs and shortest paths|Why languages change`.split('|'),
  subjects: `The mantle|A hash table|Every enzyme|The central bank|Warm air|A strong password|The second law|
    Inflation|The printing press|A binary tree|Each glacier|The immune system|Public debt|The left hemisphere|
    A convex lens|Salt water|The old harbour|Most comets|The first parliament|A random sample`.split('|'),
  verbs: `moves slowly under|reduces the cost of|depends on|was replaced by|grows faster than|cannot explain|
    is measured against|protects|carries energy to|changed the price of|doubles every year in|hides behind|
    stores part of|reacts with|limits|was copied from|shapes|competes with|signals`.split('|'),
  objects: `the outer shell|ten million records|a neutral solution|foreign exchange|the upper atmosphere|
    two thirds of all cases|heat and pressure|rural households|handwritten books|a balanced index|
    the northern valleys|harmful bacteria|interest payments|spoken language|visible light|the deep sea|
    merchant ships|the inner planets|royal power|the whole population`.split('|'),
};

const chinese = {
  titles:
    `水的循环|丝绸之路的贸易|疫苗与免疫系统|供给与需求|板块构造理论|排序算法比较|法国大革命|神经元与突触|可再生能源|概率论导论|
    巴洛克音乐|数据库索引|海洋环流|阅读资产负债表|抗生素耐药性|桥梁结构设计|罗马法简史|恒星的颜色|图论与最短路径|语言的演变`.split(
      '|',
    ),
  lines:
    `温度升高会加快化学反应的速度|货币政策影响企业的投资决定|每个细胞都含有完整的遗传信息|哈希表的平均查找时间是常数|
    冰川在过去百年里不断后退|印刷术使书籍变得便宜|样本越大误差越小|盐水的密度高于淡水|二叉树的高度决定查询次数|
    地震波可以揭示地球内部结构|城市人口每年增长百分之三|光在真空中的传播速度最快|古代商人用骆驼运输丝绸和瓷器|
    大脑左半球主要负责语言|通货膨胀降低了货币的购买力|彗星由冰和尘埃组成|议会限制了国王的权力|密码应当定期更换|
    暖空气上升形成云和雨|公共债务需要支付利息`.split('|'),
};

const code =
  `for (let i = 0; i < items.length; i++) {|  total += items[i].price * 1.19;|const user = await db.find({ id: 42 });|
  if (user === undefined) return null;|def merge(left, right):|    result = sorted(left + right)|    return result[:10]|
  SELECT name, price FROM books|WHERE year > 1998 ORDER BY price;|git commit -m "fix the parser"|while queue and not found:|
      node = queue.pop(0)|print(f"mean = {mean:.2f}")|export function area(r) {|  return Math.PI * r ** 2;|import numpy as np`
    .split('|')
    .map((line) => line.replace(/^\n\s{2}/u, '').replace(/^\n/u, ''));

const trim = (list: readonly string[]) => list.map((text) => text.trim());

/** A line of a slide in one of the languages; sentences of English are made from parts, so that few are alike. */
export const sentences = {
  english: {
    title: (random: Random) => random.pick(trim(english.titles)),
    line: (random: Random) =>
      [english.subjects, english.verbs, english.objects].map((part) => random.pick(trim(part))).join(' '),
  },
  chinese: {
    title: (random: Random) => random.pick(trim(chinese.titles)),
    line: (random: Random) => random.pick(trim(chinese.lines)),
  },
  code: {
    title: (random: Random) =>
      random.pick(['Example', 'Exercise', 'Live demo']) + ` ${Math.floor(random.between(2, 60))}`,
    line: (random: Random) => random.pick(code),
  },
} as const;

/** What slides are written in. */
export type Writing = keyof typeof sentences;
