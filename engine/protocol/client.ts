import { z } from 'zod';
import { createKnownActivity } from './activity-changes.ts';
import { activitySchema, methods, replySchema } from './wire.ts';
import type {
  Activity,
  Call,
  Failure,
  Happening,
  Method,
  PartListeners,
  RequestOf,
  ResultOf,
} from './wire.ts';

/** Carries messages between a window and a host. */
export interface Transport {
  /**
   * Sends a call; `receive` gets every reply to it, unparsed, in order. Resolves once the host has nothing more to
   * say. Rejects where the connection fails; aborting the signal cancels the call at the host.
   */
  send(call: Call, receive: (reply: unknown) => void, signal: AbortSignal | undefined): Promise<void>;
  /** Listens for happenings until the returned function is called. `onState` tells whether the host can be heard. */
  listen(onHappening: (happening: Happening) => void, onState: (connected: boolean) => void): () => void;
}

/** What a client tells: the queue, put together from what changed, or that the library or what is kept isn't as it was. */
export type Told = { event: 'activity'; value: Activity } | Exclude<Happening, { event: 'activity' }>;

/** A call failed at the host; what came over the wire. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: Failure['code'];
  readonly remedy: string;

  constructor({ code, message, remedy }: Failure) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}

/** Calls the methods of {@link methods} over a transport. */
export interface Client {
  /**
   * Calls a method.
   * @throws CallError what the host answered; `cancelled` where the signal was aborted; `engine-stopped` where it
   * can't be reached.
   */
  call<M extends Method>(
    method: M,
    request: RequestOf<M>,
    options?: { signal?: AbortSignal; on?: PartListeners<M> },
  ): Promise<ResultOf<M>>;
  /** As {@link Transport.listen}. */
  listen(onTold: (told: Told) => void, onState: (connected: boolean) => void): () => void;
}

/** A client over a transport; what comes back is parsed before anybody sees it. */
export function createClient(transport: Transport): Client {
  let lastId = 0;
  const activity = createKnownActivity();
  const client: Client = {
    listen: (onTold, onState) =>
      transport.listen((happening) => {
        if (happening.event !== 'activity') return onTold(happening);
        const value = activity.change(happening.value);
        if (value) return onTold({ event: 'activity', value });
        // Something was missed, or nothing known yet. Who can't be asked tells so by `onState`.
        client.call('activity', {}).then(
          (all) => onTold({ event: 'activity', value: all }),
          () => undefined,
        );
      }, onState),
    async call(method, request, { signal, on } = {}) {
      const id = ++lastId;
      const { parts, result: resultSchema } = methods[method];
      const listeners = (on ?? {}) as Record<string, ((value: unknown) => void) | undefined>;
      let result: { value: unknown } | undefined;
      const receive = (message: unknown) => {
        const reply = replySchema.parse(message);
        if (reply.id !== id) throw new Error(`a reply to call ${reply.id} came to call ${id}`);
        if ('error' in reply) throw new CallError(reply.error);
        if ('part' in reply) {
          const schema = (parts as Record<string, z.ZodType | undefined>)[reply.part];
          if (schema) listeners[reply.part]?.(schema.parse(reply.value));
        } else result = { value: resultSchema.parse(reply.result) };
      };
      try {
        await transport.send({ id, method, request }, receive, signal);
      } catch (error) {
        if (error instanceof CallError) throw error;
        throw signal?.aborted ? cancelled() : unreachable(error);
      }
      if (!result) throw signal?.aborted ? cancelled() : unreachable(undefined);
      if (resultSchema === activitySchema) result.value = activity.take(result.value as Activity);
      return result.value as ResultOf<typeof method>;
    },
  };
  return client;
}

function cancelled(): CallError {
  return new CallError({
    code: 'cancelled',
    message: 'The operation was cancelled.',
    remedy: 'Start it again when you like.',
  });
}

function unreachable(cause: unknown): Error {
  // A reply that doesn't parse is a bug of ours, not a broken connection: keep it apart.
  if (cause instanceof z.ZodError)
    return new CallError({
      code: 'internal',
      message: `The engine's answer could not be understood: ${cause.issues[0]?.message ?? ''}`,
      remedy: 'Restart Longview; if it happens again, please report it.',
    });
  return new CallError({
    code: 'engine-stopped',
    message: 'The engine can’t be reached.',
    remedy: 'Start Longview again.',
  });
}
