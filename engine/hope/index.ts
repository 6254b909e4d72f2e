/**
 * HoPE, the encodings that it replaces and those that came beside and after it: position ids, rotary tables, and the
 * analysis of semantic preference. Pure arithmetic, no I/O. Source of HoPE: *HoPE: Hybrid of Position Embedding for Long
 * Context Vision-Language Models*, arXiv 2505.20444; of the others: docs/encodings.md.
 */
export { allocateFrequencies, rotaryWidth } from './frequencies.ts';
export type { Axis, FrequencyAllocation, RotaryGeometry } from './frequencies.ts';
export { layoutTokens, segmentTokens } from './layout.ts';
export type { Layout, PositionIds, PositionOptions, Segment, TextSegment, VideoSegment } from './layout.ts';
export { positionIds, sliceIds, textIds } from './positions.ts';
export {
  firstPreferenceFailure,
  flatteningDistortion,
  semanticPreference,
  temporalPreference,
} from './preference.ts';
export type { Offset, SemanticPreference } from './preference.ts';
export { rotaryTables } from './tables.ts';
export type { RotaryTables } from './tables.ts';
export { PositionWalk } from './walk.ts';
