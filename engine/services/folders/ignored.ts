/**
 * What is left out of a folder, by patterns as `.gitignore` has them: one without a slash is a name anywhere, one with a
 * slash a path from the folder on; `*` and `?` stand within a name, `**` for any number of folders. Case makes no difference.
 * @returns whether a path (from the folder on, with `/`) is left out; a folder that is takes all in it along
 */
export function ignoredBy(patterns: readonly string[]): (relative: string) => boolean {
  const tests = patterns.map((pattern) => {
    const plain = pattern
      .trim()
      .replaceAll('\\', '/')
      .replace(/^\/|\/$/g, '');
    const inside = plain.includes('/') ? '^' : '(?:^|/)';
    const body = plain
      .split('/')
      .map((part) => (part === '**' ? '**' : escaped(part)))
      .join('/')
      .replaceAll('**/', '(?:[^/]+/)*')
      .replaceAll('/**', '(?:/.*)?');
    return new RegExp(`${inside}${body}$`, 'iu');
  });
  return (relative) => tests.some((test) => test.test(relative));
}

function escaped(part: string): string {
  return part
    .replace(/[.+^${}()|[\]\\]/gu, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
}
