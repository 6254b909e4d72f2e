import type { AnnotationFormat } from '../protocol/evaluation.ts';
/** A stretch of a video in seconds, [start, end]. */
export type Span = readonly [start: number, end: number];

/** Where in an annotation file something stands: a line of text, or an entry of a JSON list; both from 1. */
export type Position = { line: number } | { entry: number };

/** "When is this shown?", with the right answers. */
export interface MomentTask {
  kind: 'moments';
  at: Position;
  /** As the annotation names the video: a path, a file's name, or a name without extension. */
  video: string;
  query: string;
  /** Empty: it is not in the video. */
  moments: readonly Span[];
}

/** A question with options, one of which is right. */
export interface ChoiceTask {
  kind: 'choice';
  at: Position;
  /** Names that the video may go by, the likeliest first. */
  video: string;
  otherNames?: readonly string[];
  question: string;
  options: readonly string[];
  /** Index of the right option. */
  answer: number;
  /** What the benchmark reports apart: a task, a class of lengths. */
  group: string;
}

/** One annotation. */
export type Task = MomentTask | ChoiceTask;

/** An annotation that could not be read, and why. */
export interface BadEntry {
  at: Position;
  problem: string;
}

/** An annotation file, read. */
export interface Annotations {
  format: AnnotationFormat;
  tasks: Task[];
  bad: BadEntry[];
}
