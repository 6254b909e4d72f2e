/** A line of a transcript or of captions, in seconds on the file's own timeline. */
export interface ExportLine {
  start: number;
  end: number;
  text: string;
  speaker?: string;
  /** "en", "zh-Hant". */
  language?: string;
}
