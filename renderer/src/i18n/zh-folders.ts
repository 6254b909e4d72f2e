import type { enFolders } from './en-folders.ts';
import type { InSameWords } from './in-same-words.ts';

/** Followed folders, in Simplified Chinese. */
export const zhFolders: InSameWords<typeof enFolders> = {
  folders: '文件夹',
  'folders.text':
    '放进这些文件夹的视频会自动编入索引，Longview 关闭期间放入的也一样。文件绝不会被改动；硬盘不在时，资料库里的内容也会保留。',
  'folders.none': '还没有文件夹：添加后会显示在这里。',
  'folders.videos': (count) => `${count} 个视频`,
  'folders.state.watching': '已是最新',
  'folders.state.polling': '每五分钟查看一次',
  'folders.state.looking': '正在查看…',
  'folders.state.away': '现在不在；索引会等它回来',
  'folders.ignored': (patterns) => `不包括：${patterns}`,
  'folders.rescan': '现在查看',
  'folders.ignore': '排除的内容…',
  'folders.ignore.title': (name) => `“${name}”中排除的内容`,
  'folders.ignore.label': '名称和路径，每行一个',
  'folders.ignore.hint': 'proxies · *.tmp · raw/**；已编入索引的会保留',
  'folders.remove': '不再跟踪…',
  'folders.remove.title': (name) => `不再跟踪“${name}”？`,
  'folders.remove.text': '之后放进去的视频不再编入索引。文件保持原样。',
  'folders.remove.keep': '保留其中的视频',
  'folders.remove.forget': '同时移除其中的视频',
  'add.suggestions': '该处的文件夹和视频',
  'add.follow': '之后放进文件夹的视频会自动编入索引。',
};
