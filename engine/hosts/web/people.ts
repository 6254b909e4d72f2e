import type { TeamRole } from '../../protocol/team.ts';
import { teamRoles } from '../../protocol/team.ts';
import { callSchema, type Method, type Reply } from '../../protocol/wire.ts';
import { LongviewError } from '../../protocol/errors.ts';
import type { Session } from '../session.ts';

/** Whoever a session belongs to. */
export interface Person {
  name: string;
  role: TeamRole;
}

/** Finds whose token it is; undefined where it is nobody's, or was withdrawn. */
export type FindPerson = (token: string) => Promise<Person | undefined>;

/** What a person needs to call a method. */
const needs: Record<Method, TeamRole> = {
  ...{
    hello: 'see',
    library: 'see',
    find: 'see',
    video: 'see',
    relevance: 'see',
    seen: 'see',
    objects: 'see',
  },
  ...{ transcript: 'see', answers: 'see', models: 'see', activity: 'see', selfTested: 'see', limits: 'see' },
  ...{
    storage: 'see',
    catalogue: 'see',
    screenText: 'see',
    exportTranscript: 'see',
    kept: 'see',
    folders: 'see',
  },
  ...{ ask: 'ask', plan: 'ask', rerun: 'ask', exportMoments: 'ask' },
  ...{ index: 'add', enqueue: 'add', cancelJob: 'add', pauseJob: 'add', resumeJob: 'add', moveJob: 'add' },
  ...{ keep: 'add', changeKept: 'add', forgetKept: 'add', editBin: 'add' },
  ...{ clearJobs: 'add', correctTranscript: 'add', editAnswer: 'add', footageFacts: 'add' },
  ...{ remove: 'administer', relink: 'administer', limitAnswers: 'administer', clearCache: 'administer' },
  ...{ selfTest: 'administer', doctor: 'administer', report: 'administer', importModel: 'administer' },
  ...{ downloadModel: 'administer', removeModel: 'administer', testProviders: 'administer' },
  ...{ setLimits: 'administer', pickPaths: 'administer' },
  ...{
    addFolder: 'administer',
    changeFolder: 'administer',
    removeFolder: 'administer',
    completePath: 'administer',
  },
};

/** Whether a role is enough for a method. */
export function may(role: TeamRole, method: Method): boolean {
  return teamRoles.indexOf(role) >= teamRoles.indexOf(needs[method]);
}

/** A session that answers only what a person may call. */
export function sessionFor(session: Session, person: Person | undefined): Session {
  if (!person) return session;
  return {
    ...session,
    async answer(message, send, signal) {
      const parsed = callSchema.safeParse(message);
      if (parsed.success && !may(person.role, parsed.data.method)) {
        send({ id: parsed.data.id, error: refused(person, parsed.data.method).toData() } satisfies Reply);
        return;
      }
      await session.answer(message, send, signal);
    },
  };
}

function refused({ name, role }: Person, method: Method): LongviewError {
  return new LongviewError(
    'permission-denied',
    `${name} may ${role}; this needs somebody who may ${needs[method]}.`,
    'Ask whoever administers this Longview for more, or to do it.',
  );
}

/** So long it is believed that a person's token still works, in milliseconds. */
const believedMs = 5_000;
/** And so long where nobody can be asked. */
const unheardMs = 600_000;
const mostSessions = 1024;

/** Sessions of people by their tokens: one that was withdrawn is out within seconds. */
export function createPeople(find: FindPerson, now: () => number = () => performance.now()) {
  const sessions = new Map<string, { token: string; person: Person; asked: number }>();
  return {
    add(session: string, token: string, person: Person): void {
      sessions.set(session, { token, person, asked: now() });
      for (const eldest of sessions.keys()) {
        if (sessions.size <= mostSessions) break;
        sessions.delete(eldest);
      }
    },
    /** @returns "withdrawn" where the token no longer works; undefined where it is nobody's session */
    async of(session: string): Promise<Person | 'withdrawn' | undefined> {
      const known = sessions.get(session);
      if (!known) return undefined;
      if (now() - known.asked > believedMs) {
        try {
          const person = await find(known.token);
          if (!person) {
            sessions.delete(session);
            return 'withdrawn';
          }
          known.person = person;
          known.asked = now();
        } catch (error) {
          // The hub is away: whoever was in stays in for a while.
          if (!(error instanceof LongviewError) || now() - known.asked > unheardMs) throw error;
        }
      }
      return known.person;
    },
  };
}
