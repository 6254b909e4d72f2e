import type { Why } from '../../../engine/protocol/reasons.ts';

/** How times and shares are written. */
interface Writers {
  clock: (seconds: number) => string;
  percent: (share: number) => string;
}

const levels = { high: '高', medium: '中', low: '低' };

/** A reason in Simplified Chinese. Names of things are the detector's own, which are English. */
export function zhReason(why: Why, { clock, percent }: Writers): string {
  switch (why.code) {
    case 'saw':
      return `看到 ${why.label}${why.most > 1 ? `（同时 ${why.most} 个）` : ''}，${why.ofFrames} 帧中有 ${why.frames} 帧`;
    case 'not-seen':
      return `这里没有看到 ${why.label}`;
    case 'looks-like':
      return `画面相似度${levels[why.level]}`;
    case 'said':
      return `${clock(why.at)} 说到“${why.text}”`;
    case 'chapter':
      return `章节“${why.text}”`;
    case 'file-name':
      return `文件名“${why.text}”`;
    case 'folder-name':
      return `文件夹“${why.text}”`;
    case 'title':
      return `标题“${why.text}”`;
    case 'checked':
      return why.yes >= 0.5
        ? `再次查看：是（${percent(why.yes)}）`
        : `再次查看：否（${percent(1 - why.yes)}）`;
  }
}
