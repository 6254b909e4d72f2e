import { oneLine } from './text.ts';

/** Text as XML's content or attribute value. What XML 1.0 can't hold at all is left out (see {@link oneLine}). */
export function escapeXml(text: string): string {
  const names = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' } as const;
  return oneLine(text).replace(/[&<>"']/g, (character) => names[character as keyof typeof names]);
}

/** An element that is to be written; attributes and children that are undefined are left out. */
export interface Element {
  name: string;
  attributes?: Record<string, string | number | undefined>;
  /** Elements, or text. */
  children?: readonly (Element | undefined)[] | string | number;
}

/** A short way to make an {@link Element} without attributes. */
export function element(name: string, children?: Element['children']): Element {
  return { name, children };
}

/** An XML document with its declaration, a document type, comments before the root, and the root. */
export function xmlDocument(doctype: string, comments: readonly string[], root: Element): string {
  // "--" must not stand inside a comment.
  const notes = comments.map((text) => `<!-- ${oneLine(text).replace(/-{2,}|-$/g, '~')} -->`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!DOCTYPE ${doctype}>`,
    ...notes,
    ...lines(root, ''),
    '',
  ].join('\n');
}

function lines({ name, attributes = {}, children = [] }: Element, indent: string): string[] {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const open = `${indent}<${name}${given.map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`).join('')}`;
  if (typeof children !== 'object') return [`${open}>${escapeXml(String(children))}</${name}>`];
  const inside = children.filter((child) => child !== undefined);
  if (inside.length === 0) return [`${open}/>`];
  return [`${open}>`, ...inside.flatMap((child) => lines(child, `${indent}  `)), `${indent}</${name}>`];
}
