/**
 * As much of a WebAssembly assembler as scanning codes needs: instructions as byte rows, and a module around them.
 * Source: the WebAssembly core specification 2.0, chapter 5 (binary format).
 */
export type Code = readonly number[];

/** A value type. */
export const i32 = 0x7f;
/** A value type: 128 bits. */
export const v128 = 0x7b;

/** An unsigned LEB128 number. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const low = value & 0x7f;
    value >>>= 7;
    bytes.push(value === 0 ? low : low | 0x80);
  } while (value !== 0);
  return bytes;
}

/** A signed LEB128 number of 32 bits. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    const done = (value === 0 && (low & 0x40) === 0) || (value === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

const load = (opcode: number, alignment: number) => (offset: number) => [
  opcode,
  alignment,
  ...unsigned(offset),
];
/** An instruction on 128 bits. */
const wide = (number: number): Code => [0xfd, ...unsigned(number)];
const wideLoad = (number: number) => (offset: number) => [...wide(number), 4, ...unsigned(offset)];

/** Instructions by their names in the specification; loads and stores take the constant part of the address. */
export const op = {
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number): Code => [0x21, ...unsigned(local)],
  tee: (local: number): Code => [0x22, ...unsigned(local)],
  i32Const: (value: number): Code => [0x41, ...signed(value)],
  i32Load: load(0x28, 2),
  i32Load8U: load(0x2d, 0),
  i32Load16U: load(0x2f, 1),
  i32Store: load(0x36, 2),
  i32Store16: load(0x3b, 1),
  i32Eq: [0x46] as Code,
  i32Ne: [0x47] as Code,
  i32LtS: [0x48] as Code,
  i32GeS: [0x4e] as Code,
  i32Add: [0x6a] as Code,
  i32Mul: [0x6c] as Code,
  i32And: [0x71] as Code,
  i32Or: [0x72] as Code,
  i32Shl: [0x74] as Code,
  i32ShrS: [0x75] as Code,
  /** The second from the top of the stack where the top isn't 0, else the third. */
  select: [0x1b] as Code,
  v128Load: wideLoad(0x00),
  v128Store: wideLoad(0x0b),
  i8x16Swizzle: wide(0x0e),
  i8x16Splat: wide(0x0f),
  v128And: wide(0x4e),
  i8x16ShrU: wide(0x6d),
  i8x16Add: wide(0x6e),
  i16x8ExtendLowU: wide(0x89),
  i16x8ExtendHighU: wide(0x8a),
  i16x8Add: wide(0x8e),
  /** Repeats `body` while it leaves a number other than 0. */
  repeat: (body: Code): Code => [0x03, 0x40, ...body, 0x0d, 0x00, 0x0b],
  /** Runs `body` where the number on the stack isn't 0. */
  when: (body: Code): Code => [0x04, 0x40, ...body, 0x0b],
  /** Calls the module's function of this number. */
  call: (index: number): Code => [0x10, ...unsigned(index)],
};

/** One function: its parameters are i32 and the first locals. */
export interface Func {
  name: string;
  parameters: number;
  /** Number of results (i32): 0 or 1. */
  results: 0 | 1;
  /** Further locals, of i32 and then of v128. */
  locals: { i32: number; v128: number };
  body: Code;
}

/** A module of functions on one memory that threads may share, imported as "host" "memory". */
export function assemble(functions: readonly Func[], pages: number): Uint8Array<ArrayBuffer> {
  const section = (id: number, bytes: readonly number[]) => [id, ...unsigned(bytes.length), ...bytes];
  const vector = (items: readonly (readonly number[])[]) => [...unsigned(items.length), ...items.flat()];
  const text = (name: string) => [...unsigned(name.length), ...Buffer.from(name, 'ascii')];
  const types = functions.map(({ parameters, results }) => [
    0x60,
    ...vector(Array.from({ length: parameters }, () => [i32])),
    ...vector(Array.from({ length: results }, () => [i32])),
  ]);
  const bodies = functions.map(({ locals, body }) => {
    const declared = [
      [...unsigned(locals.i32), i32],
      [...unsigned(locals.v128), v128],
    ];
    const bytes = [...vector(declared), ...body, 0x0b];
    return [...unsigned(bytes.length), ...bytes];
  });
  // Limits with a maximum, shared among threads: flag 3.
  const memory = [...text('host'), ...text('memory'), 0x02, 0x03, ...unsigned(pages), ...unsigned(pages)];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector([memory])),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(7, vector(functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]))),
    ...section(10, vector(bodies)),
  ]);
}
