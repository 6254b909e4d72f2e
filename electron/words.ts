/** What the shell itself says: menus, dialogs, notifications. */
export interface Words {
  file: string;
  add: string;
  addFolder: string;
  addFiles: string;
  showLibrary: string;
  quit: string;
  closeWindow: string;
  edit: string;
  undo: string;
  redo: string;
  cut: string;
  copy: string;
  paste: string;
  selectAll: string;
  go: string;
  find: string;
  library: string;
  activity: string;
  settings: string;
  view: string;
  zoomIn: string;
  zoomOut: string;
  actualSize: string;
  fullScreen: string;
  window: string;
  minimize: string;
  zoom: string;
  bringToFront: string;
  about: string;
  services: string;
  hide: string;
  hideOthers: string;
  showAll: string;
  help: string;
  licences: string;
  indexedTitle: string;
  indexed(count: number, failed: number): string;
  stoppedTitle: string;
  stopped: string;
  startAgain: string;
  exportMoments: string;
  exportClips: string;
  exportHere: string;
}

/** English. */
const en: Words = {
  file: 'File',
  add: 'Add Footage…',
  addFolder: 'Add Folder…',
  addFiles: 'Add Files…',
  showLibrary: 'Show Library Folder',
  quit: 'Quit Longview',
  closeWindow: 'Close Window',
  edit: 'Edit',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select All',
  go: 'Go',
  find: 'Find',
  library: 'Library',
  activity: 'Activity',
  settings: 'Settings…',
  view: 'View',
  zoomIn: 'Zoom In',
  zoomOut: 'Zoom Out',
  actualSize: 'Actual Size',
  fullScreen: 'Full Screen',
  window: 'Window',
  minimize: 'Minimize',
  zoom: 'Zoom',
  bringToFront: 'Bring All to Front',
  about: 'About Longview',
  services: 'Services',
  hide: 'Hide Longview',
  hideOthers: 'Hide Others',
  showAll: 'Show All',
  help: 'Help',
  licences: 'Licences',
  indexedTitle: 'Your footage is ready',
  indexed: (count, failed) =>
    `${count} ${count === 1 ? 'video' : 'videos'} indexed${failed > 0 ? `, ${failed} could not be` : ''}.`,
  stoppedTitle: 'The engine keeps stopping',
  stopped:
    'Longview’s engine ended several times in a row. Your library and what is waiting to be indexed are safe. Start it again, or quit and look at the details below.',
  startAgain: 'Start Again',
  exportMoments: 'Export Moments',
  exportClips: 'Choose a Folder for the Clips',
  exportHere: 'Export Here',
};

/** Simplified Chinese. */
const zh: Words = {
  file: '文件',
  add: '添加素材…',
  addFolder: '添加文件夹…',
  addFiles: '添加文件…',
  showLibrary: '显示资料库文件夹',
  quit: '退出 Longview',
  closeWindow: '关闭窗口',
  edit: '编辑',
  undo: '撤销',
  redo: '重做',
  cut: '剪切',
  copy: '复制',
  paste: '粘贴',
  selectAll: '全选',
  go: '前往',
  find: '查找',
  library: '资料库',
  activity: '活动',
  settings: '设置…',
  view: '显示',
  zoomIn: '放大',
  zoomOut: '缩小',
  actualSize: '实际大小',
  fullScreen: '全屏',
  window: '窗口',
  minimize: '最小化',
  zoom: '缩放',
  bringToFront: '全部置于顶层',
  about: '关于 Longview',
  services: '服务',
  hide: '隐藏 Longview',
  hideOthers: '隐藏其他',
  showAll: '全部显示',
  help: '帮助',
  licences: '许可证',
  indexedTitle: '素材已就绪',
  indexed: (count, failed) => `已为 ${count} 个视频建立索引${failed > 0 ? `，${failed} 个失败` : ''}。`,
  stoppedTitle: '引擎反复停止',
  stopped:
    'Longview 的引擎连续多次意外退出。您的资料库和等待索引的内容都是安全的。请重新启动引擎，或退出后查看下面的详细信息。',
  startAgain: '重新启动',
  exportMoments: '导出时刻',
  exportClips: '选择存放片段的文件夹',
  exportHere: '导出到此处',
};

/** The shell's two languages. */
export type ShellLanguage = 'en' | 'zh';

/** What the shell says in a language. */
export const wordsOf: Record<ShellLanguage, Words> = { en, zh };

/** The language of a locale ("zh-CN", "de"). */
export function languageOf(locale: string): ShellLanguage {
  return locale.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
