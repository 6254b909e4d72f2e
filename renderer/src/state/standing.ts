/** Where somebody stood on a page: how far it was scrolled, and what had the focus. */
export interface Standing {
  top: number;
  /** Names what had the focus, in the page's own way. */
  focus?: string | undefined;
}

const place = 'longview.standing';
/** Pages that are remembered; who goes back further begins at the top. */
const most = 60;

function read(): Map<string, Standing> {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(place) ?? '[]') as [string, Standing][]);
  } catch {
    return new Map();
  }
}
const standings = read();

/** Remembers where somebody stands on the page with an address, until this tab is closed. */
export function remember(hash: string, standing: Partial<Standing>): void {
  const before = standings.get(hash) ?? { top: 0 };
  standings.delete(hash);
  standings.set(hash, { ...before, ...standing });
  if (standings.size > most) standings.delete(standings.keys().next().value!);
}

/** Where somebody stood when the page with an address was left. */
export function recall(hash: string): Standing | undefined {
  return standings.get(hash);
}

// A reload comes back to the same place too.
addEventListener('pagehide', () => {
  try {
    sessionStorage.setItem(place, JSON.stringify([...standings]));
  } catch {
    // A browser that keeps nothing begins at the top.
  }
});
