import { Refusal } from '../serving/answer.ts';

/**
 * What a request asks for, from its request line (RFC 9112, 3.2): the origin form ("/path?query"), or the absolute form,
 * of which the host is left aside.
 * @throws Refusal 400 for every other form and for what is no address.
 */
export function parseTarget(target: string | undefined): URL {
  const address = target?.startsWith('/') ? `http://longview${target}` : (target ?? '');
  const url = /^https?:\/\//iu.test(address) ? URL.parse(address) : null;
  if (!url) throw new Refusal(400, 'This is no address.');
  return url;
}
