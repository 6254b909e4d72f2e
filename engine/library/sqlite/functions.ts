import type Database from 'better-sqlite3';
import { indexTerms } from '../../language/text-match.ts';

/** Defines what migrations call: `index_terms(text)`, what text_index holds of a line. No view or trigger may call it. */
export function defineFunctions(db: Database.Database): void {
  db.function('index_terms', { deterministic: true, directOnly: true }, (text) =>
    indexTerms(String(text)).join(' '),
  );
}
