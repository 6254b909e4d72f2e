/** A name in a subquery that more than one table could mean, or only one outside of it. */
export interface Unclear {
  column: string;
  /** Tables in scope that have a column of this name, innermost first. */
  tables: string[];
}

interface Scope {
  /** Columns by the names that the tables go by here. */
  tables: Map<string, ReadonlySet<string>>;
  /** Unqualified names used here. */
  names: string[];
  inner: Scope[];
}

const tokenPattern = /'(?:[^']|'')*'|"[^"]*"|->>|[A-Za-z_][A-Za-z_0-9]*|[0-9.]+|\S/g;
const isWord = (token: string | undefined) => token !== undefined && /^[A-Za-z_]/.test(token);
const namesTable = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE']);
const notAlias =
  /^(WHERE|JOIN|CROSS|LEFT|INNER|ON|ORDER|GROUP|LIMIT|SET|VALUES|SELECT|USING|RETURNING|DEFAULT)$/i;

/**
 * Unqualified columns inside the subqueries of a statement that SQLite resolves by scope alone: where the inner table has
 * no such column it is silently another table's, and where both have one it is silently the inner one's.
 * @param columns of every table and view
 */
export function unclearColumns(sql: string, columns: ReadonlyMap<string, ReadonlySet<string>>): Unclear[] {
  const tokens = sql.match(tokenPattern) ?? [];
  const { scope } = readScope(tokens, 0, columns);
  return scope.inner.flatMap((inner) => unclearIn(inner, [scope]));
}

function unclearIn(scope: Scope, outer: readonly Scope[]): Unclear[] {
  const own = [...scope.tables].map(([name, has]) => ({ name, has, inner: true }));
  const others = outer.flatMap(({ tables }) =>
    [...tables].map(([name, has]) => ({ name, has, inner: false })),
  );
  const unclear = scope.names.flatMap((column) => {
    const having = [...own, ...others].filter(({ has }) => has.has(column));
    const wrong = having.some(({ inner }) => !inner);
    return wrong ? [{ column, tables: having.map(({ name }) => name) }] : [];
  });
  return [...unclear, ...scope.inner.flatMap((inner) => unclearIn(inner, [scope, ...outer]))];
}

/** Reads one SELECT (or the statement itself) up to its closing bracket. */
function readScope(
  tokens: readonly string[],
  from: number,
  columns: ReadonlyMap<string, ReadonlySet<string>>,
): { scope: Scope; end: number } {
  const scope: Scope = { tables: new Map(), names: [], inner: [] };
  let depth = 0;
  let at = from;
  let listing = false;
  for (; at < tokens.length; at++) {
    const token = tokens[at];
    const upper = token.toUpperCase();
    if (token === '(') {
      if (/^(SELECT|WITH)$/i.test(tokens[at + 1] ?? '')) {
        const { scope: inner, end } = readScope(tokens, at + 1, columns);
        scope.inner.push(inner);
        at = end;
      } else depth++;
    } else if (token === ')') {
      if (depth === 0) break;
      depth--;
    } else if (
      namesTable.has(upper) ||
      (token === ',' && listing && depth === 0 && columns.has(tokens[at + 1]))
    ) {
      listing = upper !== 'UPDATE';
      at = addTable(scope, tokens, at + 1, columns);
    } else if (isWord(token)) {
      if (notAlias.test(token) && upper !== 'JOIN' && upper !== 'CROSS') listing = false;
      const qualified = tokens[at - 1] === '.' || tokens[at + 1] === '.';
      const called = tokens[at + 1] === '(';
      if (!qualified && !called && tokens[at - 1]?.toUpperCase() !== 'AS') scope.names.push(token);
    }
  }
  return { scope, end: at };
}

/** @returns the last token that names the table */
function addTable(
  scope: Scope,
  tokens: readonly string[],
  at: number,
  columns: ReadonlyMap<string, ReadonlySet<string>>,
): number {
  // A derived table is read like any subquery, and "DO UPDATE SET" names none.
  const table = tokens[at];
  if (!isWord(table) || table === 'SET') return at - 1;
  let last = at;
  if (tokens[last + 1] === '(' && /^(json_each|pragma_table_info)$/.test(table))
    while (tokens[last] !== ')') last++;
  const as = tokens[last + 1]?.toUpperCase() === 'AS';
  const alias = tokens[last + (as ? 2 : 1)];
  const has = columns.get(table);
  if (!has) throw new Error(`no table ${table}`);
  const aliased = as || (isWord(alias) && !notAlias.test(alias));
  scope.tables.set(aliased ? alias : table, has);
  return aliased ? last + (as ? 2 : 1) : last;
}
