import type { AskResult } from '../../../engine/protocol/results.ts';

/** Whether two answers are to the same question about the same footage, whatever else was chosen. */
export function sameQuestion(a: AskResult, b: AskResult): boolean {
  const place = ({ request, videoId }: AskResult) =>
    [request ? (request.in ?? '') : videoId].flat().join('\n');
  return plain(a.question) === plain(b.question) && place(a) === place(b);
}

/** Whether two answers say the same, but for how it is written. */
export function sameAnswer(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s.!?。！？]+/gu, ' ')
    .trim();
}
