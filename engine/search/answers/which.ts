import { occurrences, absent } from './occurrences.ts';
import { nameOf, type Asking, type Draft } from '../asking.ts';

/** So many moments are named. */
const named = 16;

/** "Which animals are there?": the moments that show one of the kind, each named by the decoder as it is alone. */
export async function answerWhich(asking: Asking, kind: string): Promise<Draft> {
  const { sure, nearest } = await occurrences(asking, kind);
  if (sure.length === 0) return absent(nearest);
  const found: { name: string; confidence: number; proof: Draft['evidence'][number] }[] = [];
  for (const hit of sure.slice(0, named)) {
    const { name, confidence, evidence } = await nameOf(asking, hit);
    if (name !== '') found.push({ name, confidence, proof: { ...evidence, start: hit.start, end: hit.end } });
  }
  const evidence = found.map(({ proof }) => proof);
  const statements = [...Map.groupBy(found, ({ name }) => name)].map(([text, some]) => ({
    text,
    proofs: some.map(({ proof }) => evidence.indexOf(proof)),
  }));
  const confidence = found.reduce((sum, one) => sum + one.confidence, 0) / Math.max(1, found.length);
  return { answer: statements.map(({ text }) => text).join(', '), confidence, evidence, statements };
}
