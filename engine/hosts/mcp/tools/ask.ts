import { citationLine, citationOf, stillLinks } from './citations.ts';
import type { AskResult } from '../../../protocol/results.ts';
import type { Call, Desk, Told } from '../desk.ts';
import type { Input, Output } from '../schemas.ts';
import type { Scope } from '../sight.ts';

/** An answer with the moments that prove it. */
export async function ask(desk: Desk, { question, in: places }: Input<'ask'>, call: Call): Promise<Told> {
  const sight = await desk.sight();
  const scope = await sight.scope(places);
  const engine = await desk.engine();
  const answered = await engine.ask({ question, ...(scope.in ? { in: scope.in } : {}) }, call);
  const { citations, numbers } = citationsOf(desk, answered, scope);
  const notices: string[] = [];
  for (const { message, remedy } of answered.notices ?? [])
    notices.push(await sight.told(`${message} ${remedy}`));
  const data: Output<'ask'> = {
    answer: answered.answer,
    ...(answered.translated ? { translated: answered.translated.answer } : {}),
    confident: answered.confident,
    confidence: answered.confidence,
    ...(answered.cannot ? { cannot: answered.cannot.code } : {}),
    ...(answered.cannot?.languages ? { languages: answered.cannot.languages } : {}),
    citations,
    statements: (answered.statements ?? []).map(({ text, supported, evidence }) => ({
      text,
      supported,
      citations: evidence.flatMap((number) => numbers.get(number) ?? []),
    })),
    notices,
  };
  return { text: textOf(data), data, more: stillLinks(citations) };
}

/** The evidence as citations, and which number each piece of it has become. */
function citationsOf(desk: Desk, { evidence, videoId }: AskResult, { videos }: Scope) {
  const citations: Output<'ask'>['citations'] = [];
  const numbers = new Map<number, number>();
  evidence.forEach((piece, number) => {
    const video = videos.get(piece.videoId ?? videoId);
    if (!video) return;
    numbers.set(number, citations.length);
    citations.push({
      ...citationOf(desk, video, piece, piece.score),
      supported: piece.supported !== false,
    });
  });
  return { citations, numbers };
}

function textOf({
  answer,
  translated,
  confident,
  confidence,
  cannot,
  citations,
  statements,
  notices,
}: Output<'ask'>) {
  const sure = `(${Math.round(confidence * 100)} % sure)`;
  const how = cannot === undefined ? (confident ? [sure] : [`Not sure ${sure}: take this as a guess.`]) : [];
  const unproven = statements.filter(({ supported }) => !supported);
  return [
    translated ?? answer,
    ...how,
    ...(citations.length > 0
      ? ['Proof:']
      : cannot === undefined
        ? ['No moment of the footage supports this.']
        : []),
    ...citations.map((one, index) => {
      return `${citationLine(one, index + 1)}${one.supported ? '' : ' — looked at again, it didn’t show that'}`;
    }),
    ...(statements.length > 1 ? unproven.map(({ text }) => `Without proof: ${text}`) : []),
    ...notices,
  ].join('\n');
}
