import { assemble, op, type Code } from './assembler.ts';

/** Planes of the query's numbers: whole numbers from -8 to 7 in two's complement. */
export const queryBits = 4;
/** Rows of a segment. */
export const segmentRows = 131_072;
/** Scores are counted in so many bins; a score of 0 is in the middle one. */
export const bins = 16_384;
/** Rows that one call of `refine` can take. */
export const mostRefined = 65_536;

/** Where things lie in a segment's memory, in bytes. */
export interface Layout {
  /** Codes of a row: so many words of 64 bits in each of the two planes. */
  words: number;
  query: number;
  histogram: number;
  lengths: number;
  scores: number;
  signs: number;
  sizes: number;
  list: number;
  estimates: number;
  pages: number;
}

/** The memory of a segment whose rows have so many words of 64 bits. */
export function layoutOf(words: number): Layout {
  const plane = segmentRows * words * 8;
  const query = 0;
  const histogram = query + 4096;
  const lengths = histogram + bins * 4;
  const scores = lengths + segmentRows;
  const signs = scores + segmentRows * 2;
  const sizes = signs + plane;
  const list = sizes + plane;
  const estimates = list + mostRefined * 4;
  const pages = Math.ceil((estimates + mostRefined * 4) / 65_536);
  return { words, query, histogram, lengths, scores, signs, sizes, list, estimates, pages };
}

/** What a scanning module exports. */
export interface Scanner {
  /** Scores rows from..past-1 (at least one) by their signs, and counts the scores in the histogram. */
  scan(from: number, past: number, querySum: number): void;
  /** Lists the rows among from..past-1 whose score (as a bin) is at least so much. @returns how many */
  collect(from: number, past: number, least: number, listed: number): number;
  /** Estimates `count` listed rows (at least one) by both planes. */
  refine(count: number, querySum: number): void;
}

/**
 * The machine code of the scan, with its loops over words unrolled. Numbers of the query come in bit planes, so that
 * the sum of those at the set bits of a code is a few ANDs and bit counts; `i64.popcnt` is one instruction of every
 * processor of this age. In JavaScript the same takes ten times as long.
 */
export function scanModule(layout: Layout): Uint8Array<ArrayBuffer> {
  return assemble([scan(layout), collect(layout), refine(layout)], layout.pages);
}

const rowStep = (words: number): Code => [...op.i32Const(words * 8), ...op.i32Mul];

/** Leaves on the stack the sum of the query's numbers at the bits of a mask; `mask(word)` pushes a word of it. */
function sumAtBits(words: number, firstQuery: number, mask: (word: number) => Code): Code {
  const plane = (bit: number): Code =>
    Array.from({ length: words }, (_, word) => [
      ...mask(word),
      ...op.get(firstQuery + bit * words + word),
      ...op.i64And,
      ...op.i64Popcnt,
      ...(word > 0 ? op.i64Add : []),
    ]).flat();
  const weighted = (bit: number): Code => [...plane(bit), ...op.i64Const(bit), ...op.i64Shl];
  return [
    ...plane(0),
    ...[1, 2].flatMap((bit) => [...weighted(bit), ...op.i64Add]),
    ...weighted(3),
    ...op.i64Sub,
    ...op.i32WrapI64,
  ];
}

/** Puts the query's planes into locals. */
function loadQuery({ words, query }: Layout, first: number): Code {
  return Array.from({ length: queryBits * words }, (_, index) => [
    ...op.i32Const(0),
    ...op.i64Load(query + index * 8),
    ...op.set(first + index),
  ]).flat();
}

function scan(layout: Layout) {
  const { words, lengths, scores, signs, histogram } = layout;
  const [row, past, querySum, codes, bin] = [0, 1, 2, 3, 4];
  const word = 5;
  const query = word + words;
  const body = [
    ...loadQuery(layout, query),
    ...[...op.get(row), ...rowStep(words), ...op.set(codes)],
    ...op.repeat([
      ...Array.from({ length: words }, (_, at) => [
        ...op.get(codes),
        ...op.i64Load(signs + at * 8),
        ...op.set(word + at),
      ]).flat(),
      ...sumAtBits(words, query, (at) => op.get(word + at)),
      // Ones count for, zeros against: twice the sum at the ones, less the sum of all.
      ...[...op.i32Const(1), ...op.i32Shl, ...op.get(querySum), ...op.i32Sub],
      ...[...op.get(row), ...op.i32Load8U(lengths), ...op.i32Mul, ...op.i32Const(8), ...op.i32ShrS],
      ...[...op.i32Const(bins / 2), ...op.i32Add, ...op.set(bin)],
      ...[...op.get(row), ...op.i32Const(1), ...op.i32Shl, ...op.get(bin), ...op.i32Store16(scores)],
      ...[...op.get(bin), ...op.i32Const(2), ...op.i32Shl, ...op.tee(bin)],
      ...[...op.get(bin), ...op.i32Load(histogram), ...op.i32Const(1), ...op.i32Add],
      ...op.i32Store(histogram),
      ...[...op.get(codes), ...op.i32Const(words * 8), ...op.i32Add, ...op.set(codes)],
      ...[...op.get(row), ...op.i32Const(1), ...op.i32Add, ...op.tee(row), ...op.get(past), ...op.i32LtS],
    ]),
  ];
  return {
    name: 'scan',
    parameters: 3,
    results: 0 as const,
    locals: { i32: 2, i64: words + queryBits * words },
    body,
  };
}

function collect({ scores, list }: Layout) {
  const [row, past, least, count] = [0, 1, 2, 3];
  const body = [
    ...op.repeat([
      ...[...op.get(row), ...op.i32Const(1), ...op.i32Shl, ...op.i32Load16U(scores)],
      ...[...op.get(least), ...op.i32GeS],
      ...op.when([
        ...[...op.get(count), ...op.i32Const(mostRefined), ...op.i32LtS],
        ...op.when([
          ...[...op.get(count), ...op.i32Const(2), ...op.i32Shl, ...op.get(row), ...op.i32Store(list)],
          ...[...op.get(count), ...op.i32Const(1), ...op.i32Add, ...op.set(count)],
        ]),
      ]),
      ...[...op.get(row), ...op.i32Const(1), ...op.i32Add, ...op.tee(row), ...op.get(past), ...op.i32LtS],
    ]),
    ...op.get(count),
  ];
  return { name: 'collect', parameters: 4, results: 1 as const, locals: { i32: 0, i64: 0 }, body };
}

/**
 * The value of a number by its sign and whether it is large. Levels and threshold are the best of four for normally
 * distributed numbers (Max 1960): 0.45 and 1.51 deviations, parted at 0.98; here 3 and 10.
 */
const levels = { small: 3, large: 10 };
/** A number is large from so many deviations on. */
export const largeFrom = 0.9816;

function refine(layout: Layout) {
  const { words, lengths, signs, sizes, list, estimates } = layout;
  const [count, querySum, at, row, codes, sum] = [0, 1, 2, 3, 4, 5];
  const sign = 6;
  const size = sign + words;
  const query = size + words;
  const loadPlane = (plane: number, first: number): Code =>
    Array.from({ length: words }, (_, word) => [
      ...op.get(codes),
      ...op.i64Load(plane + word * 8),
      ...op.set(first + word),
    ]).flat();
  const times = (factor: number): Code => [...op.i32Const(factor), ...op.i32Mul];
  const body = [
    ...loadQuery(layout, query),
    ...op.repeat([
      ...[...op.get(at), ...op.i32Load(list), ...op.tee(row), ...rowStep(words), ...op.set(codes)],
      ...loadPlane(signs, sign),
      ...loadPlane(sizes, size),
      ...sumAtBits(words, query, (word) => op.get(sign + word)),
      ...[...op.i32Const(1), ...op.i32Shl, ...op.get(querySum), ...op.i32Sub, ...times(levels.small)],
      ...op.set(sum),
      ...sumAtBits(words, query, (word) => [...op.get(sign + word), ...op.get(size + word), ...op.i64And]),
      ...[...op.i32Const(1), ...op.i32Shl],
      ...sumAtBits(words, query, (word) => op.get(size + word)),
      ...[...op.i32Sub, ...times(levels.large - levels.small), ...op.get(sum), ...op.i32Add],
      ...[...op.get(row), ...op.i32Load8U(lengths), ...op.i32Mul, ...op.set(sum)],
      ...[...op.get(at), ...op.get(sum), ...op.i32Store(estimates)],
      ...[...op.get(at), ...op.i32Const(4), ...op.i32Add, ...op.tee(at)],
      ...[...op.get(count), ...op.i32Const(2), ...op.i32Shl, ...op.i32LtS],
    ]),
  ];
  return {
    name: 'refine',
    parameters: 2,
    results: 0 as const,
    locals: { i32: 4, i64: 2 * words + queryBits * words },
    body,
  };
}
