import { language } from './index.svelte.ts';
import { zhThing } from './things.ts';

/** What the engine says in English beside errors (stages of work, what it found on this machine, notes), in Chinese. */
const phrases: readonly [RegExp, string][] = [
  [/^indexing$/, '正在索引'],
  [/^looking for videos$/, '正在查找视频'],
  [/^looking for footage$/, '正在查找素材'],
  [/^looking at (\d+) patches$/, '正在查看 $1 个片段'],
  [/^looking$/, '正在查看'],
  [/^asking at (\d+) patches$/, '正在就 $1 个片段提问'],
  [/^asking$/, '正在提问'],
  [/^reading at gamma ([\d.]+)$/, '正在以时间尺度 $1 阅读'],
  [/^comparing$/, '正在比较'],
  [/^converting weights$/, '正在转换权重'],
  [/^checking what was written$/, '正在核对写入的内容'],
  [/^trying the graphs$/, '正在试运行模型图'],
  [/^downloading$/, '正在下载'],
  [/^cutting clips$/, '正在剪切片段'],
  [/^codecs$/, '编解码器'],
  [/^execution providers$/, '计算方式'],
  [/^execution provider (\S+)$/, '计算方式 $1'],
  [/^models$/, '模型'],
  [/^context$/, '一次可读的长度'],
  [/^data folder$/, '数据文件夹'],
  [/^free disk$/, '可用磁盘空间'],
  [/^always there$/, '始终可用'],
  [/^not usable: (.*)$/s, '不可用：$1'],
  [
    /^works, ([\d.e+-]+) times the speed of the CPU, reading at most (\d+) tokens at once$/,
    '可用，速度为 CPU 的 $1 倍，一次最多读 $2 个标记',
  ],
  [/^works, ([\d.e+-]+) times the speed of the CPU$/, '可用，速度为 CPU 的 $1 倍'],
  [/^gives wrong numbers \(off by (\S+)\)$/, '计算结果有误（偏差 $1）'],
  [/^reads (.+); not (.+)$/, '可读取 $1；不能读取 $2'],
  [/^reads (.+)$/, '可读取 $1'],
  [/^(.+), (\d+) videos$/, '$1，$2 个视频'],
  [/^(.+) at (\S+) \(environment\); /, '$1，位于 $2（由环境变量指定）；'],
  [/^(.+) at (\S+) \(path\); /, '$1，位于 $2（在系统路径中）；'],
  [/^(.+) at (\S+) \(([\w-]+)\); /, '$1，位于 $2（$3）；'],
  [/no ffprobe \(not needed\)$/, '没有 ffprobe（不需要）'],
  [
    /^as long as the model was trained with; the self-test finds what this machine can trust$/,
    '与模型训练时的长度相同；自检可以得知这台电脑的可信长度',
  ],
  [
    /^as long as the model was trained with: no length passed by the self-test of (\S+)$/,
    '与模型训练时的长度相同：$1 的自检没有长度通过',
  ],
  [/^(\d+) temporal patches at once, by the self-test of (\S+)$/, '一次 $1 个片段（$2 自检）'],
  [/^(.+): counted at (\S+), the timeline runs at (\S+)$/, '$1：按 $2 帧率计数，时间线为 $3'],
];

/** What the engine said, in the language in use; what nobody translated stays as it is. */
export function engineWords(text: string): string {
  if (language() !== 'zh') return text;
  return phrases.reduce((said, [english, chinese]) => said.replace(english, chinese), text);
}

/** A thing by the detector's name, in the language in use. */
export function thing(label: string): string {
  return language() === 'zh' ? zhThing(label) : label;
}
