import type { TeamTools } from '../protocol/team.ts';
import type { Context } from './context.ts';
import type { IndexingService } from './indexing.ts';

/** A team's hub. PostgreSQL's client is loaded with the first call. */
export function teamTools(context: Context, indexing: Pick<IndexingService, 'indexOnly'>): TeamTools {
  const load = async () => {
    const { Team } = await import('./team/team.ts');
    return new Team(context, indexing);
  };
  return {
    init: async (request) => (await load()).init(request),
    status: async (request) => (await load()).status(request),
    doctor: async (request) => (await load()).doctor(request),
    people: async (request) => (await load()).people(request),
    addPerson: async (request) => (await load()).addPerson(request),
    removePerson: async (request) => (await load()).removePerson(request),
    add: async (request, options) => (await load()).add(request, options),
    retry: async (request) => (await load()).retry(request),
    follow: async (request, options) => (await load()).follow(request, options),
    sync: async (options) => (await load()).sync(options),
    keepFollowing: async (options) => (await load()).keepFollowing(options),
    leave: async () => (await load()).leave(),
    share: async (request) => (await load()).share(request),
    work: async (request, options) => (await load()).work(request, options),
    backup: async (request) => (await load()).backup(request),
    restore: async (request) => (await load()).restore(request),
    personOf: async (request) => (await load()).personOf(request),
  };
}
