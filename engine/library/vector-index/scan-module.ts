import { assemble, op, type Code } from './assembler.ts';

/** Rows of a segment. */
export const segmentRows = 65_536;
/** Groups that a segment has room for. */
export const segmentGroups = segmentRows / 4;
/** The radius of a group that is looked at in any case. */
export const anyRadius = 255;
/** Rows that are scored together: their codes lie byte by byte beside each other. */
export const blockRows = 16;
/** Scores are counted in so many bins; a score of 0 is in the middle one, and one of 1 (a cosine) less than half of them above. */
export const bins = 4096;
/** The largest number in a query's tables: four of them must fit into a byte. */
export const tableMost = 63;

/** Where codes that are scored lie, and what becomes of them, in bytes. */
interface Scored {
  lengths: number;
  codes: number;
  /** A score (16 bits) each. */
  scores: number;
  /** How often each score came up. */
  histogram: number;
}

/** Where things lie in a segment's memory, in bytes. */
export interface Layout {
  /** Bytes of a code: four dimensions in each. */
  bytes: number;
  /** The query's tables, one of 16 bytes for every half of a code's byte. */
  tables: number;
  /** Sums of the block under way, and where that lies (32 bits; 0 for none). */
  sums: number;
  summed: number;
  rows: Scored;
  /** The means of groups. */
  groups: Scored & {
    /** How far a group's rows lie from its mean, a byte each. */
    radii: number;
    /** The first row of each (32 bits), and of one past the last. */
    starts: number;
  };
  /** Rows that were listed (32 bits each), and how many. */
  list: number;
  listed: number;
  pages: number;
}

/** The memory of a segment whose codes have so many bytes. */
export function layoutOf(bytes: number): Layout {
  let past = 0;
  const room = (size: number) => {
    const at = past;
    past += size;
    return at;
  };
  const scored = (count: number): Scored => ({
    histogram: room(bins * 4),
    lengths: room(count),
    scores: room(count * 2),
    codes: room(count * bytes),
  });
  const tables = room(bytes * 32);
  const sums = room(blockRows * 2);
  const summed = room(16);
  const listed = room(16);
  const rows = scored(segmentRows);
  const list = room(segmentRows * 4);
  const groups = {
    ...scored(segmentGroups),
    radii: room(segmentGroups),
    starts: room((segmentGroups + 1) * 4),
  };
  return { bytes, tables, sums, summed, rows, groups, list, listed, pages: Math.ceil(past / 65_536) };
}

/**
 * What a scanning module exports. All take groups from..past-1, at least one; a group may do where its score and `slack`
 * 256ths of its radius are `least` together, or its radius is {@link anyRadius}.
 */
export interface Scanner {
  /** Scores the groups themselves around the middle, and counts the scores in their histogram. */
  scoreGroups: (from: number, past: number, offset: number, middle: number) => void;
  /** Scores the rows of the groups that may do, and counts the scores in the rows' histogram. */
  scoreRows: (from: number, past: number, offset: number, least: number, slack: number) => void;
  /** Lists those of the rows that were scored whose score is at least `leastRow`. */
  listRows: (from: number, past: number, leastRow: number, least: number, slack: number) => void;
}

/**
 * The machine code of the scan. Half a byte of a code says of two numbers which of four levels each has; a table of the
 * query's tells what these two add to the product, and one instruction looks that up for sixteen rows. After André et
 * al., *Cache locality is not enough: high-performance nearest neighbor search with product quantization fast scan*
 * (VLDB 2015).
 */
export function scanModule(layout: Layout): Uint8Array<ArrayBuffer> {
  return assemble(
    [
      score('scoreGroups', layout, layout.groups),
      score('scan', layout, layout.rows),
      list(layout),
      ofGroups('scoreRows', layout, { calls: 1, withScore: true }),
      ofGroups('listRows', layout, { calls: 2, withScore: false }),
    ],
    layout.pages,
  );
}

const add = (value: number): Code => [...op.i32Const(value), ...op.i32Add];
const atMost = (of: Code, and: number): Code => [
  ...[...of, ...op.i32Const(and), ...of, ...op.i32Const(and), ...op.i32LtS, ...op.select],
];
const atLeast = (of: Code, and: number): Code => [
  ...[...of, ...op.i32Const(and), ...of, ...op.i32Const(and), ...op.i32GeS, ...op.select],
];

function score(
  name: string,
  { bytes, tables, sums, summed }: Layout,
  { lengths, scores, codes, histogram }: Scored,
) {
  // Parameters, then locals: the place of a block's codes, the row, where the block's rows end, a bin.
  const [from, past, offset, base, block, row, end, bin] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [low, high, some, code, half] = [8, 9, 10, 11, 12];
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
    // The sum of its block, less what the tables were lifted by, times the row's length, and what it is added to.
    ...[...op.get(row), ...op.i32Const(blockRows - 1), ...op.i32And, ...op.i32Const(1), ...op.i32Shl],
    ...[...op.i32Load16U(sums), ...op.get(offset), ...op.i32Add],
    ...[...op.get(row), ...op.i32Load8U(lengths), ...op.i32Mul, ...op.i32Const(8), ...op.i32ShrS],
    ...[...op.get(base), ...op.i32Add, ...op.set(bin)],
    ...atMost(op.get(bin), bins - 1),
    ...op.set(bin),
    ...atLeast(op.get(bin), 0),
    ...op.set(bin),
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
      // Small groups that follow each other share a block, whose sums are there already then.
      ...[...op.get(block), ...add(codes), ...op.i32Const(0), ...op.i32Load(summed), ...op.i32Ne],
      ...op.when([
        ...[...zero, ...op.set(low), ...zero, ...op.set(high)],
        ...pairs,
        ...[...op.i32Const(0), ...op.get(low), ...op.v128Store(sums)],
        ...[...op.i32Const(0), ...op.get(high), ...op.v128Store(sums + 16)],
        ...[...op.i32Const(0), ...op.get(block), ...add(codes), ...op.i32Store(summed)],
      ]),
      ...op.repeat([...perRow, ...op.get(row), ...add(1), ...op.tee(row), ...op.get(end), ...op.i32LtS]),
      ...[...op.get(row), ...op.get(past), ...op.i32LtS],
    ]),
  ];
  return { name, parameters: 4, results: 0 as const, locals: { i32: 4, v128: 5 }, body };
}

/** Adds rows from..past-1 whose score is at least so much to the list. */
function list({ rows: { scores }, list: place, listed }: Layout) {
  const [row, past, least, count] = [0, 1, 2, 3];
  const body = [
    ...[...op.i32Const(0), ...op.i32Load(listed), ...op.set(count)],
    ...op.repeat([
      ...[...op.get(row), ...op.i32Const(1), ...op.i32Shl, ...op.i32Load16U(scores)],
      ...[...op.get(least), ...op.i32GeS],
      ...op.when([
        ...[...op.get(count), ...op.i32Const(segmentRows), ...op.i32LtS],
        ...op.when([
          ...[...op.get(count), ...op.i32Const(2), ...op.i32Shl, ...op.get(row), ...op.i32Store(place)],
          ...[...op.get(count), ...add(1), ...op.set(count)],
        ]),
      ]),
      ...[...op.get(row), ...add(1), ...op.tee(row), ...op.get(past), ...op.i32LtS],
    ]),
    ...[...op.i32Const(0), ...op.get(count), ...op.i32Store(listed)],
  ];
  return { name: 'list', parameters: 3, results: 0 as const, locals: { i32: 1, v128: 0 }, body };
}

/** Calls a function, which takes rows from..past-1, a number and perhaps the group's score, for each group that may do. */
function ofGroups(
  name: string,
  { groups: { scores, radii, starts } }: Layout,
  { calls, withScore }: { calls: number; withScore: boolean },
) {
  const [group, past, value, least, slack] = [0, 1, 2, 3, 4];
  const start = (offset: number): Code => [
    ...[...op.get(group), ...op.i32Const(2), ...op.i32Shl, ...op.i32Load(starts + offset)],
  ];
  const score: Code = [...op.get(group), ...op.i32Const(1), ...op.i32Shl, ...op.i32Load16U(scores)];
  const body = op.repeat([
    ...score,
    ...[...op.get(group), ...op.i32Load8U(radii), ...op.get(slack), ...op.i32Mul],
    ...[...op.i32Const(8), ...op.i32ShrS, ...op.i32Add, ...op.get(least), ...op.i32GeS],
    ...[...op.get(group), ...op.i32Load8U(radii), ...op.i32Const(anyRadius), ...op.i32Eq, ...op.i32Or],
    ...op.when([...start(0), ...start(4), ...op.get(value), ...(withScore ? score : []), ...op.call(calls)]),
    ...[...op.get(group), ...add(1), ...op.tee(group), ...op.get(past), ...op.i32LtS],
  ]);
  return { name, parameters: 5, results: 0 as const, locals: { i32: 0, v128: 0 }, body };
}
