import { ResourceTemplate, type McpServer } from '@modelcontextprotocol/server';
import { LongviewError } from '../../protocol/errors.ts';
import { sorry, type Desk } from './desk.ts';
import { addresses, stillOf } from './still.ts';
import { lineText } from './tools/transcript.ts';

/** What a client may read by its address: pictures and transcripts of the videos that it may see. */
export function registerResources(server: McpServer, desk: Desk): void {
  server.registerResource(
    'still',
    new ResourceTemplate(addresses.still, { list: undefined }),
    {
      title: 'A picture of a video',
      description: 'The picture at a time, in seconds from the video’s beginning.',
      mimeType: 'image/jpeg',
    },
    (uri, { video, time }) =>
      reading(desk, async () => {
        const { jpeg } = await stillOf(desk, decoded(video), Number(decoded(time)));
        return { contents: [{ uri: uri.href, mimeType: 'image/jpeg', blob: jpeg.toString('base64') }] };
      }),
  );
  server.registerResource(
    'transcript',
    new ResourceTemplate(addresses.transcript, { list: undefined }),
    {
      title: 'What is said in a video',
      description: 'Every line with its time.',
      mimeType: 'text/plain',
    },
    (uri, { video }) =>
      reading(desk, async () => {
        const seen = await (await desk.sight()).video(decoded(video));
        const { lines } = await (await desk.engine()).transcript({ video: seen.id });
        const text = lines.map(lineText).join('\n');
        return { contents: [{ uri: uri.href, mimeType: 'text/plain', text }] };
      }),
  );
}

function decoded(value: string | string[]): string {
  return decodeURIComponent([value].flat().join('/'));
}

/** What goes wrong is told in plain words. */
async function reading<T>(desk: Desk, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new LongviewError('bad-argument', await sorry(desk, error), '');
  }
}
