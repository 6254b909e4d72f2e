import type { ErrorCode } from '../../../engine/protocol/errors.ts';

interface Sentence {
  message: string;
  remedy: string;
}

const sentences = {
  'bad-argument': { message: '输入的内容有误。', remedy: '请改正后重试。' },
  'file-not-found': { message: '找不到文件。', remedy: '请检查路径。' },
  'file-unreadable': { message: '无法读取文件。', remedy: '请检查文件和磁盘。' },
  'file-empty': { message: '文件是空的。', remedy: '请重新拷贝该文件。' },
  'not-a-video': { message: '这不是视频文件。', remedy: '请添加视频文件。' },
  'no-video-stream': { message: '文件中没有视频画面。', remedy: '请添加含有画面的文件。' },
  'file-truncated': { message: '文件不完整。', remedy: '请重新拷贝该文件。' },
  'file-exists': { message: '已有同名文件。', remedy: '请换一个名字，或选择覆盖。' },
  'no-frames': { message: '文件中没有可解码的画面。', remedy: '请检查文件能否播放。' },
  'video-crashes': {
    message: '处理这个视频时引擎两次意外退出，已跳过。',
    remedy: '请用视频工具转换后再添加，或重新索引再试一次。',
  },
  'nothing-to-export': { message: '没有可以导出的片段。', remedy: '请换一种说法，或在其他视频中查找。' },
  'video-not-in-library': { message: '资料库中没有这个视频。', remedy: '请先添加它。' },
  'video-not-indexed': { message: '这个视频尚未索引。', remedy: '请等待索引完成，或重新索引。' },
  'video-missing': { message: '视频文件不在原处。', remedy: '请把它移回，或添加它现在所在的文件夹。' },
  'video-changed': { message: '视频文件在索引后被改动过。', remedy: '请重新索引。' },
  'unknown-model': { message: '没有这个模型。', remedy: '请在设置中查看可用的模型。' },
  'bad-bundle': { message: '模型文件已损坏。', remedy: '请重新安装该模型。' },
  'bad-checkpoint': { message: '无法使用这个模型检查点。', remedy: '请检查检查点的文件。' },
  'cannot-read': { message: '这个模型不能回答问题。', remedy: '请选择能回答问题的模型。' },
  'context-too-long': { message: '要阅读的内容太长。', remedy: '请缩小问题的范围。' },
  'provider-unavailable': { message: '所选的计算方式不可用。', remedy: '请在设置中查看这台电脑的情况。' },
  'ffmpeg-missing': { message: '找不到 ffmpeg。', remedy: '请安装 ffmpeg 后重试。' },
  'ffmpeg-failed': { message: 'ffmpeg 未能处理该文件。', remedy: '请检查文件能否播放。' },
  'library-too-new': { message: '资料库由更新版本的 Longview 创建。', remedy: '请更新 Longview。' },
  'library-damaged': { message: '资料库已损坏。', remedy: '请从备份恢复，或新建资料库。' },
  'library-locked': {
    message: '正在向资料库建立索引，现在不能进行此操作。',
    remedy: '请等索引完成，或先暂停它。',
  },
  'disk-full': { message: '磁盘已满。', remedy: '请腾出空间后重试。' },
  'disk-failed': { message: '磁盘读写出错。', remedy: '请检查磁盘后重试。' },
  'permission-denied': { message: '没有访问权限。', remedy: '请检查文件的权限。' },
  'hub-unreachable': { message: '无法连接模型站点。', remedy: '请检查网络后重试；已下载的部分会保留。' },
  'team-hub-unreachable': {
    message: '无法连接团队资料库。',
    remedy: '请检查网络和服务器；恢复后会自动继续。',
  },
  'team-hub-refused': { message: '团队资料库拒绝了访问。', remedy: '请检查地址、用户和密码。' },
  'team-hub-too-new': { message: '团队资料库由更新版本的 Longview 建立。', remedy: '请更新 Longview。' },
  'team-hub-full': { message: '团队资料库的空间已满。', remedy: '请在服务器上腾出空间；不会丢失任何内容。' },
  'team-job-lost': { message: '这项任务已由另一台机器接手。', remedy: '无需操作，它会继续进行。' },
  'root-not-mounted': {
    message: '这台机器没有连接该素材所在的位置。',
    remedy: '请连接它，再告诉 Longview 它在哪里。',
  },
  'download-failed': { message: '下载的文件有误。', remedy: '请重试；已核对的文件会保留。' },
  cancelled: { message: '操作已取消。', remedy: '需要时可重新开始。' },
  'engine-stopped': { message: '引擎没有运行。', remedy: '请重新启动 Longview。' },
} satisfies Record<ErrorCode, Sentence>;

/** What each error means and what to do, in Simplified Chinese, by its code. */
export const zhErrors: Partial<Record<string, Sentence>> = {
  ...sentences,
  internal: { message: 'Longview 出错了。', remedy: '请重试；如果仍然出现，请报告此问题。' },
};
