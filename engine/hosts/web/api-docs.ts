import { Refusal, type Answer, type Asked } from '../serving/answer.ts';
import { describeApi, type OpenApi } from './openapi.ts';

interface Operation {
  summary: string;
  requestBody?: unknown;
  parameters?: unknown;
  responses: Record<string, unknown>;
}

/**
 * The host's description of itself: `/openapi.json`, and `/api` as a page to read. Both tell nothing of the library and
 * load nothing from elsewhere.
 * @returns undefined for every other address
 * @throws Refusal 405.
 */
export function answerDocs({ method, url }: Asked): Answer | undefined {
  const made = docs[url.pathname as keyof typeof docs];
  if (!made) return undefined;
  if (method !== 'GET' && method !== 'HEAD') throw new Refusal(405, 'Only GET is answered here.');
  const { type, body } = made();
  return {
    status: 200,
    headers: { 'Content-Type': type, 'Content-Length': String(body.length), 'Cache-Control': 'no-cache' },
    ...(method === 'HEAD' ? {} : { body }),
  };
}

const docs = {
  '/openapi.json': once(() => ({
    type: 'application/json; charset=utf-8',
    body: Buffer.from(JSON.stringify(describeApi(), null, 1)),
  })),
  '/api': once(() => ({ type: 'text/html; charset=utf-8', body: Buffer.from(page(describeApi())) })),
  '/api.css': once(() => ({ type: 'text/css; charset=utf-8', body: Buffer.from(style) })),
};

/** Made when it is first asked for: most hosts never are. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function page(api: OpenApi): string {
  const operations = Object.entries(api.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]) =>
      section(verb.toUpperCase(), path, operation as Operation),
    ),
  );
  const schemas = Object.entries(api.components.schemas).map(
    ([name, schema]) => `<details><summary><code>${name}</code></summary>${pre(schema, name)}</details>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Longview: HTTP API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api.css">
</head>
<body>
<main>
<h1>Longview: HTTP API</h1>
<p>For scripts on this machine. Start Longview with <code>longview serve --key-file FILE</code> and send the key that stands
in the file with every request:</p>
<pre tabindex="0">curl -H @&lt;(printf 'Authorization: Bearer %s' "$(cat FILE)") -H "Content-Type: application/json" \\
  -d '{"query": "a dog"}' http://127.0.0.1:PORT/api/call/find</pre>
<p>The same for programs: <a href="/openapi.json">openapi.json</a> (OpenAPI ${api.openapi}).</p>
<h2>Requests</h2>
${operations.join('\n')}
<h2>What they take and give</h2>
${schemas.join('\n')}
</main>
</body>
</html>
`;
}

function section(
  verb: string,
  path: string,
  { summary, requestBody, parameters, responses }: Operation,
): string {
  const takes = parameters ?? requestBody;
  return `<details><summary><code>${verb} ${escaped(path)}</code> ${escaped(summary)}</summary>
${takes === undefined ? '' : `<h3>Takes</h3>${pre(takes)}`}
<h3>Gives</h3>${pre(responses)}</details>`;
}

/** JSON with its references as links on this page; a link to what is folded away unfolds it. */
function pre(value: unknown, id?: string): string {
  const text = escaped(JSON.stringify(value, null, 2)).replace(
    /#\/components\/schemas\/(\w+)/gu,
    '<a href="#$1">$1</a>',
  );
  return `<pre${id === undefined ? '' : ` id="${id}"`} tabindex="0">${text}</pre>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/gu, (c) => `&#${c.charCodeAt(0)};`);
}

const style = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; }
h2 { font-size: 1.25rem; margin-top: 2rem; }
h3 { font-size: 1rem; margin: 0.75rem 0 0; }
details { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: 0.4rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary code { font-weight: 600; margin-right: 0.5rem; }
pre { overflow-x: auto; padding: 0.75rem; background: color-mix(in srgb, currentColor 7%, transparent); font-size: 0.85rem; }
`;
