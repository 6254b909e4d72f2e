import { assemble, op, type Code } from './assembler.ts';

/** Rows of a segment. */
export const segmentRows = 65_536;
/** Rows that are scored together: their codes lie byte by byte beside each other. */
export const blockRows = 16;
/** Scores are counted in so many bins; a score of 0 is in the middle one. */
export const bins = 16_384;
/** The largest number in a query's tables: four of them must fit into a byte. */
export const tableMost = 63;

/** Where things lie in a segment's memory, in bytes. */
export interface Layout {
  /** Bytes of a row's code: four dimensions in each. */
  bytes: number;
  /** The query's tables, one of 16 bytes for every half of a code's byte. */
  tables: number;
  /** Sums of the block under way. */
  sums: number;
  histogram: number;
  lengths: number;
  scores: number;
  codes: number;
  list: number;
  pages: number;
}

/** The memory of a segment whose rows have so many bytes of code. */
export function layoutOf(bytes: number): Layout {
  const tables = 0;
  const sums = tables + bytes * 32;
  const histogram = sums + blockRows * 2;
  const lengths = histogram + bins * 4;
  const scores = lengths + segmentRows;
  const codes = scores + segmentRows * 2;
  const list = codes + segmentRows * bytes;
  const pages = Math.ceil((list + segmentRows * 4) / 65_536);
  return { bytes, tables, sums, histogram, lengths, scores, codes, list, pages };
}

/** What a scanning module exports. */
export interface Scanner {
  /** Scores rows from..past-1 (at least one), and counts the scores in the histogram. */
  scan(from: number, past: number, offset: number): void;
  /** Lists the rows among from..past-1 whose score (as a bin) is at least so much. @returns how many */
  collect(from: number, past: number, least: number, listed: number): number;
}

/**
 * The machine code of the scan. Half a byte of a code says of two numbers which of four levels each has; a table of the
 * query's tells what these two add to the product, and one instruction looks that up for sixteen rows. After André et
 * al., *Cache locality is not enough: high-performance nearest neighbor search with product quantization fast scan*
 * (VLDB 2015).
 */
export function scanModule(layout: Layout): Uint8Array<ArrayBuffer> {
  return assemble([scan(layout), collect(layout)], layout.pages);
}

const add = (value: number): Code => [...op.i32Const(value), ...op.i32Add];

function scan(layout: Layout) {
  const { bytes, tables, sums, lengths, scores, codes, histogram } = layout;
  // Parameters, then locals: the place of a block's codes, the row, where the block's rows end, a bin.
  const [from, past, offset, block, row, end, bin] = [0, 1, 2, 3, 4, 5, 6];
  const [low, high, some, code, half] = [7, 8, 9, 10, 11];
  const zero: Code = [...op.i32Const(0), ...op.i8x16Splat];
  const lookUp = (table: number, index: Code): Code => [
    ...op.i32Const(0),
    ...op.v128Load(tables + table * 16),
    ...index,
    ...op.i8x16Swizzle,
  ];
  // Two bytes of code are four look-ups, whose sum fits into a byte; then it is widened.
  const pairs = Array.from({ length: Math.ceil(bytes / 2) }, (_, pair) => {
    const parts = [2 * pair, 2 * pair + 1].filter((at) => at < bytes);
    return [
      ...parts.flatMap((at, index) => [
        ...[...op.get(block), ...op.v128Load(codes + at * blockRows), ...op.set(code)],
        ...lookUp(2 * at, [...op.get(code), ...op.get(half), ...op.v128And]),
        ...lookUp(2 * at + 1, [...op.get(code), ...op.i32Const(4), ...op.i8x16ShrU]),
        ...op.i8x16Add,
        ...(index > 0 ? op.i8x16Add : []),
      ]),
      ...op.set(some),
      ...[...op.get(low), ...op.get(some), ...op.i16x8ExtendLowU, ...op.i16x8Add, ...op.set(low)],
      ...[...op.get(high), ...op.get(some), ...op.i16x8ExtendHighU, ...op.i16x8Add, ...op.set(high)],
    ];
  }).flat();
  const perRow: Code = [
    // The sum of its block, less what the tables were lifted by, times the row's length.
    ...[...op.get(row), ...op.i32Const(blockRows - 1), ...op.i32And, ...op.i32Const(1), ...op.i32Shl],
    ...[...op.i32Load16U(sums), ...op.get(offset), ...op.i32Add],
    ...[...op.get(row), ...op.i32Load8U(lengths), ...op.i32Mul, ...op.i32Const(8), ...op.i32ShrS],
    ...[...add(bins / 2), ...op.set(bin)],
    ...[...op.get(row), ...op.i32Const(1), ...op.i32Shl, ...op.get(bin), ...op.i32Store16(scores)],
    ...[...op.get(bin), ...op.i32Const(2), ...op.i32Shl, ...op.tee(bin)],
    ...[...op.get(bin), ...op.i32Load(histogram), ...add(1), ...op.i32Store(histogram)],
  ];
  const body = [
    ...[...op.i32Const(15), ...op.i8x16Splat, ...op.set(half)],
    ...[...op.get(from), ...op.set(row)],
    ...op.repeat([
      ...[...op.get(row), ...op.i32Const(-blockRows), ...op.i32And, ...op.tee(end)],
      ...[...op.i32Const(bytes), ...op.i32Mul, ...op.set(block)],
      ...[...op.get(end), ...add(blockRows), ...op.tee(end), ...op.get(past)],
      ...[...op.get(end), ...op.get(past), ...op.i32LtS, ...op.select, ...op.set(end)],
      ...[...zero, ...op.set(low), ...zero, ...op.set(high)],
      ...pairs,
      ...[...op.i32Const(0), ...op.get(low), ...op.v128Store(sums)],
      ...[...op.i32Const(0), ...op.get(high), ...op.v128Store(sums + 16)],
      ...op.repeat([...perRow, ...op.get(row), ...add(1), ...op.tee(row), ...op.get(end), ...op.i32LtS]),
      ...[...op.get(row), ...op.get(past), ...op.i32LtS],
    ]),
  ];
  return { name: 'scan', parameters: 3, results: 0 as const, locals: { i32: 4, v128: 5 }, body };
}

function collect({ scores, list }: Layout) {
  const [row, past, least, count] = [0, 1, 2, 3];
  const body = [
    ...op.repeat([
      ...[...op.get(row), ...op.i32Const(1), ...op.i32Shl, ...op.i32Load16U(scores)],
      ...[...op.get(least), ...op.i32GeS],
      ...op.when([
        ...[...op.get(count), ...op.i32Const(segmentRows), ...op.i32LtS],
        ...op.when([
          ...[...op.get(count), ...op.i32Const(2), ...op.i32Shl, ...op.get(row), ...op.i32Store(list)],
          ...[...op.get(count), ...add(1), ...op.set(count)],
        ]),
      ]),
      ...[...op.get(row), ...add(1), ...op.tee(row), ...op.get(past), ...op.i32LtS],
    ]),
    ...op.get(count),
  ];
  return { name: 'collect', parameters: 4, results: 1 as const, locals: { i32: 0, v128: 0 }, body };
}
