/** Moments and answers for other programs: edit lists, chapters, tables, clips. See ARCHITECTURE.md. */
export { checkExport, exportMaterial, type ExportRequest } from './export.ts';
export { exportMoments, type ExportOptions, type TextFormat } from './formats.ts';
export { materialOfAnswer, materialOfFind, type Material } from './material.ts';
export {
  exportTranscript,
  materialOfLines,
  type LineMaterial,
  type TranscriptRequest,
} from './transcript.ts';
export { exportVideo, type ExportVideo } from './video.ts';
export type { ExportMoment } from './timeline.ts';
