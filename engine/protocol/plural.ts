/** One or many: plural(2, 'video') is "2 videos", plural(3, 'temporal patch') "3 temporal patches". */
export function plural(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  if (/(?:s|x|z|ch|sh)$/.test(noun)) return `${count} ${noun}es`;
  return /[^aeiou]y$/.test(noun) ? `${count} ${noun.slice(0, -1)}ies` : `${count} ${noun}s`;
}
