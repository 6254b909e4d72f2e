/** What file systems take for a name, in bytes of UTF-8 (ext4, APFS and NTFS take 255 of their units). */
export const longestName = 255;

/** A text that takes so many bytes of UTF-8 at most, cut between characters as people see them. */
export function shorten(text: string, bytes: number): string {
  let size = 0;
  let result = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    size += Buffer.byteLength(segment);
    if (size > bytes) break;
    result += segment;
  }
  return result;
}
