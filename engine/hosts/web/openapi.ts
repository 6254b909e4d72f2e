import { z } from 'zod';
import { failureSchema } from '../../protocol/results.ts';
import { callSchema, happeningSchema, methods, replySchema, type Method } from '../../protocol/wire.ts';
import { methodRoute, methodWords } from './routes.ts';

type Json = Record<string, unknown>;

/** An OpenAPI 3.1 description of a web host. */
export interface OpenApi extends Json {
  openapi: string;
  paths: Record<string, Json>;
  components: { schemas: Record<string, Json>; securitySchemes: Json };
}

/** Raised when something that scripts rely on changes; the program's own version is nobody's business without a key. */
const apiVersion = '1';

/**
 * What the web host answers, made of the very schemas that it parses with: every method as an address of its own, and
 * the routes of the window.
 */
export function describeApi(): OpenApi {
  const { schemas, requests, results } = componentsOf();
  const content = (schema: Json, type = 'application/json') => ({ content: { [type]: { schema } } });
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const refused = {
    401: { description: 'No session and no key, or a wrong one.', ...plain },
    429: { description: 'Too many wrong keys: wait a minute.', ...plain },
  };
  const failures = {
    400: { description: 'Something in the request is wrong.', ...content(ref('Failure')) },
    404: { description: 'There is no such video, or its footage is gone.', ...content(ref('Failure')) },
    500: { description: 'It could not be done; the body says why.', ...content(ref('Failure')) },
  };
  const paths: Record<string, Json> = {};
  for (const [name, words] of Object.entries(methodWords) as [Method, string][])
    paths[methodRoute + name] = {
      post: {
        operationId: name,
        summary: words,
        requestBody: { required: true, ...content(ref(requests[name])) },
        responses: {
          200: { description: 'What it gives.', ...content(ref(results[name])) },
          ...{ ...failures, ...refused },
        },
      },
    };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Longview',
      version: apiVersion,
      description:
        'Your own videos on this machine: find, ask, list. Scripts send "Authorization: Bearer KEY" with the key of --key-file.',
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }, { session: [] }],
    paths: { ...paths, ...windowRoutes(content, ref, refused) },
    components: {
      schemas,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'The key of --key-file.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'longview_PORT',
          description: 'A browser’s session, given by POST /api/session. PORT is the host’s port.',
        },
      },
    },
  };
}

const plain = { content: { 'text/plain': { schema: { type: 'string' } } } };
const file = (type: string) => ({ content: { [type]: { schema: {} } } });

/** The routes that the window itself uses. */
function windowRoutes(
  content: (schema: Json, type?: string) => Json,
  ref: (name: string) => Json,
  refused: Json,
): Record<string, Json> {
  const video = { name: 'video', in: 'path', required: true, schema: { type: 'string' } };
  const time = (name: string) => ({ name, in: 'query', schema: { type: 'number', minimum: 0 } });
  const gone = {
    404: { description: 'There is no such video, or its footage is gone.', ...plain },
    ...refused,
  };
  return {
    '/api/session': {
      post: {
        operationId: 'beginSession',
        summary: 'Trades a key, or the code of an address, for a session’s cookie.',
        security: [],
        requestBody: {
          required: true,
          ...content({ type: 'object', properties: { key: { type: 'string' } }, required: ['key'] }),
        },
        responses: { 204: { description: 'The cookie is set.' }, ...refused },
      },
      get: {
        operationId: 'checkSession',
        summary: 'Whether the session or the key is good.',
        responses: { 204: { description: 'It is.' }, ...refused },
      },
    },
    '/api/call': {
      post: {
        operationId: 'call',
        summary:
          'Calls a method and tells how far it is, one JSON message a line. Closing the connection cancels it.',
        requestBody: { required: true, ...content(ref('Call')) },
        responses: {
          200: {
            description: 'Any number of parts, then one result or one error.',
            ...content(ref('Reply'), 'application/x-ndjson'),
          },
          ...refused,
        },
      },
    },
    '/api/happenings': {
      get: {
        operationId: 'happenings',
        summary: 'Tells of changes of the queue and the library, as server-sent events.',
        responses: {
          200: { description: 'Events.', ...content(ref('Happening'), 'text/event-stream') },
          ...refused,
        },
      },
    },
    '/api/media/{video}': {
      get: {
        operationId: 'media',
        summary: 'A video’s file, or a range of it.',
        parameters: [video],
        responses: { 200: { description: 'The file.', ...file('video/*') }, ...gone },
      },
    },
    '/api/stream/{video}': {
      get: {
        operationId: 'stream',
        summary: 'A video from a time on, encoded while it plays.',
        parameters: [video, time('start')],
        responses: { 200: { description: 'A film.', ...file('video/mp4') }, ...gone },
      },
    },
    '/api/still/{video}': {
      get: {
        operationId: 'still',
        summary:
          'The picture at a time: the last one that is kept before it, or one made between "since" and it.',
        parameters: [video, time('t'), time('since')],
        responses: {
          200: { description: 'A picture.', ...file('image/jpeg') },
          204: { description: 'There is none yet.' },
          ...gone,
        },
      },
    },
  };
}

/** Every schema once, by a name, and which of them each method takes and gives. */
function componentsOf() {
  const ingoing = z.registry<{ id: string }>();
  const outgoing = z.registry<{ id: string }>();
  const named = (registry: typeof ingoing, schema: z.ZodType, name: string): string => {
    if (!registry.has(schema)) registry.add(schema, { id: name });
    return registry.get(schema)!.id;
  };
  const requests = {} as Record<Method, string>;
  const results = {} as Record<Method, string>;
  for (const [name, { request, result }] of Object.entries(methods) as [Method, (typeof methods)[Method]][]) {
    const title = name[0].toUpperCase() + name.slice(1);
    requests[name] = named(ingoing, request, `${title}Request`);
    results[name] = named(outgoing, result, `${title}Result`);
  }
  named(ingoing, callSchema, 'Call');
  named(outgoing, replySchema, 'Reply');
  named(outgoing, happeningSchema, 'Happening');
  named(outgoing, failureSchema, 'Failure');
  const schemas = { ...schemasOf(ingoing, 'input'), ...schemasOf(outgoing, 'output') };
  return { schemas, requests, results };
}

function schemasOf(
  registry: z.core.$ZodRegistry<{ id: string }>,
  io: 'input' | 'output',
): Record<string, Json> {
  const { schemas } = z.toJSONSchema(registry, {
    ...{ io, target: 'draft-2020-12', unrepresentable: 'any' },
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema]),
  );
}
