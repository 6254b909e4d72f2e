/** A line of a subtitle: when it is shown, in seconds on the video's own timeline, and what it says. */
export interface Cue {
  start: number;
  end: number;
  text: string;
  /** Who says it, where the file tells. */
  speaker?: string;
  /** Where one file holds several languages. */
  language?: string;
}

/** Lines of a subtitle as a file has them, cleaned of markup. */
export interface Block {
  start: number;
  end: number;
  lines: string[];
  speaker?: string;
  language?: string;
}
