/** A moment that can be exported. */
export interface Exportable {
  video: string;
  start: number;
  end: number;
  note: string;
  confidence: number;
  /** False: a re-check did not find there what the answer says; it is exported only if chosen. */
  supported?: boolean;
}

/** Hands a text to the browser as a download. */
export function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the text once it began.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
