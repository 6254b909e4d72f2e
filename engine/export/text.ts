/** Text on one line: line ends and control characters become spaces, halves of characters go. */
export function oneLine(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]+/g, ' ')
    .replace(/\p{Cs}|[\ufffe\uffff]/gu, '\ufffd')
    .trim();
}

/** The last part of a path, whichever way its slashes lean. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}

/** A moment as one line: "a dog (88 %): saw dog (0.70)". */
export function caption(moment: { title: string; note: string; confidence: number }): string {
  const note = moment.note === '' ? '' : `: ${moment.note}`;
  return oneLine(`${moment.title} (${Math.round(moment.confidence * 100)} %)${note}`);
}
