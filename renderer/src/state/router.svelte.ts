import { ages, everything, lengths, type Filters } from './filters.ts';
import { momentSources } from '../../../engine/protocol/reasons.ts';

/** Which videos the library shows. */
export const shows = ['all', 'ready', 'unready', 'failed', 'missing'] as const;
/** One of {@link shows}. */
export type Show = (typeof shows)[number];

/** Where a person is in the app; kept in the address, so that back, forward and reload work. */
export type Route =
  | { name: 'library'; folder?: string | undefined; show?: Show | undefined }
  /** `like` stands for a picture, see like.svelte.ts. */
  | { name: 'search'; query: string; filters?: Filters | undefined; like?: string | undefined }
  | { name: 'ask'; question?: string | undefined }
  | {
      name: 'video';
      id: string;
      at?: number | undefined;
      end?: number | undefined;
      query?: string | undefined;
    }
  | {
      name: 'kept';
      bin?: number | undefined;
      tag?: string | undefined;
      favourites?: boolean | undefined;
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

/** One of some words, or the first of them. */
function oneOf<T extends string>(words: readonly T[], text: string | null, otherwise: T): T {
  return words.find((word) => word === text) ?? otherwise;
}

function filtersIn(values: URLSearchParams): Filters {
  return {
    folder: values.get('folder') ?? '',
    source: oneOf(['', ...momentSources], values.get('by'), ''),
    age: oneOf(['', ...ages], values.get('age'), ''),
    length: oneOf(['', ...lengths], values.get('length'), ''),
  };
}

/** Reads an address like "#/video/abc?t=12.5". */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const values = new URLSearchParams(search);
  const [name, id] = path.split('/');
  if (name === 'search')
    return {
      name,
      query: values.get('q') ?? '',
      filters: filtersIn(values),
      like: values.get('like') ?? undefined,
    };
  if (name === 'ask') return { name, question: values.get('q') ?? undefined };
  if (name === 'video' && id)
    return {
      name,
      id: decoded(id),
      at: seconds(values.get('t')),
      end: seconds(values.get('end')),
      query: values.get('q') ?? undefined,
    };
  if (name === 'kept')
    return {
      name,
      bin: seconds(values.get('bin')),
      tag: values.get('tag') ?? undefined,
      favourites: values.has('favourites') || undefined,
    };
  if (name === 'activity' || name === 'settings') return { name };
  return {
    name: 'library',
    folder: values.get('folder') ?? undefined,
    show: oneOf(shows, values.get('show'), 'all'),
  };
}

/** Some values as they stand in an address; what is empty isn't there. */
function query(values: Record<string, string | undefined>): string {
  const given = Object.entries(values).filter((pair): pair is [string, string] => !!pair[1]);
  const text = given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return text === '' ? '' : `?${text}`;
}

/** The address of a route; the other way round of {@link parseRoute}. */
export function routeHash(route: Route): string {
  switch (route.name) {
    case 'library':
      return `#/${query({ folder: route.folder, show: route.show === 'all' ? '' : route.show })}`;
    case 'search': {
      const { folder, source, age, length } = route.filters ?? everything;
      return `#/search?q=${encodeURIComponent(route.query)}${query({ folder, by: source, age, length, like: route.like }).replace('?', '&')}`;
    }
    case 'ask':
      return `#/ask${query({ q: route.question })}`;
    case 'video': {
      const { at, end, query: words } = route;
      const values = { t: at?.toFixed(2), end: end?.toFixed(2), q: words };
      return `#/video/${encodeURIComponent(route.id)}${query(values)}`;
    }
    case 'kept': {
      const { bin, tag, favourites } = route;
      return `#/kept${query({ bin: bin === undefined ? '' : String(bin), tag, favourites: favourites ? '1' : '' })}`;
    }
    default:
      return `#/${route.name}`;
  }
}

let current = $state.raw(parseRoute(location.hash));
let address = location.hash;
/** From which page each was come to, so that there is a way back to just that. */
const origins = new Map<string, string>();

function arrive(to: Route): void {
  if (location.hash !== address) origins.set(location.hash, address);
  address = location.hash;
  current = to;
}
const read = () => {
  if (location.hash !== address) arrive(parseRoute(location.hash));
};
addEventListener('hashchange', read);
addEventListener('popstate', read);

/** The route now. */
export function route(): Route {
  return current;
}

/** The address from which the one now was come to; undefined where it was opened by itself. */
export function origin(): string | undefined {
  void current;
  return origins.get(address);
}

/** Goes to a route. `replace` leaves no step to go back to: for what is still being typed. */
export function go(to: Route, { replace = false } = {}): void {
  const hash = routeHash(to);
  if (hash === location.hash) return;
  const from = origins.get(address);
  history[replace ? 'replaceState' : 'pushState'](null, '', hash);
  if (replace) {
    address = hash;
    if (from !== undefined) origins.set(hash, from);
  }
  arrive(to);
}
