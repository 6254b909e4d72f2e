/** Where a person is in the app; kept in the address, so that back, forward and reload work. */
export type Route =
  | { name: 'library' }
  | { name: 'search'; query: string }
  | { name: 'ask'; question?: string | undefined }
  | {
      name: 'video';
      id: string;
      at?: number | undefined;
      end?: number | undefined;
      query?: string | undefined;
    }
  | { name: 'activity' }
  | { name: 'settings' };

/** No recording is longer than a hundred days, and no player seeks to what lies behind that. */
const longestSeconds = 8_640_000;

function seconds(text: string | null): number | undefined {
  const value = text === null ? NaN : Number(text);
  return value >= 0 && value <= longestSeconds ? value : undefined;
}

/** An id as it stands in an address, which somebody may have typed. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** Reads an address like "#/video/abc?t=12.5". */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const values = new URLSearchParams(search);
  const [name, id] = path.split('/');
  if (name === 'search') return { name, query: values.get('q') ?? '' };
  if (name === 'ask') return { name, question: values.get('q') ?? undefined };
  if (name === 'video' && id)
    return {
      name,
      id: decoded(id),
      at: seconds(values.get('t')),
      end: seconds(values.get('end')),
      query: values.get('q') ?? undefined,
    };
  if (name === 'activity' || name === 'settings') return { name };
  return { name: 'library' };
}

/** The address of a route; the other way round of {@link parseRoute}. */
export function routeHash(route: Route): string {
  if (route.name === 'search') return `#/search?q=${encodeURIComponent(route.query)}`;
  if (route.name === 'ask' && route.question) return `#/ask?q=${encodeURIComponent(route.question)}`;
  if (route.name !== 'video') return route.name === 'library' ? '#/' : `#/${route.name}`;
  const values = new URLSearchParams();
  if (route.at !== undefined) values.set('t', route.at.toFixed(2));
  if (route.end !== undefined) values.set('end', route.end.toFixed(2));
  if (route.query) values.set('q', route.query);
  const search = values.toString();
  return `#/video/${encodeURIComponent(route.id)}${search ? `?${search}` : ''}`;
}

let current = $state.raw(parseRoute(location.hash));
addEventListener('hashchange', () => (current = parseRoute(location.hash)));
addEventListener('popstate', () => (current = parseRoute(location.hash)));

/** The route now. */
export function route(): Route {
  return current;
}

/** Goes to a route. `replace` leaves no step to go back to: for what is still being typed. */
export function go(to: Route, { replace = false } = {}): void {
  const hash = routeHash(to);
  if (hash === location.hash) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', hash);
  current = to;
}
