/** Benchmarks' annotation files, and the measures made of an engine's answers. See ARCHITECTURE.md. */
export { evaluate, type EvaluateOptions, type VideoPlace } from './evaluate.ts';
export { readAnnotations } from './readers/index.ts';
export type { Annotations, Task } from './types.ts';
