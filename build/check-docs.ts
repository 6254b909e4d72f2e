/** Fails when an export of engine/ has no doc comment. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');
const files = globSync('engine/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
const missing: string[] = [];

for (const file of files) {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  for (const statement of source.statements) {
    if (!ts.canHaveModifiers(statement) || ts.isExportDeclaration(statement)) continue;
    const exported = ts
      .getModifiers(statement)
      ?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
    if (!exported || ts.getJSDocCommentsAndTags(statement).length > 0) continue;
    // Of overloads, one documented signature is enough; it stands first.
    if (
      ts.isFunctionDeclaration(statement) &&
      statement.body &&
      documentedOverload(source, statement.name?.text)
    )
      continue;
    const { line } = source.getLineAndCharacterOfPosition(statement.getStart());
    missing.push(`${file}:${line + 1}: ${statement.getText().split('\n')[0]}`);
  }
}

function documentedOverload(source: ts.SourceFile, name: string | undefined): boolean {
  return source.statements.some(
    (statement) =>
      ts.isFunctionDeclaration(statement) &&
      statement.name?.text === name &&
      ts.getJSDocCommentsAndTags(statement).length > 0,
  );
}

if (missing.length > 0) {
  process.stderr.write(`These exports have no doc comment:\n  ${missing.join('\n  ')}\n`);
  process.exit(1);
}
process.stdout.write(`${files.length} files, every export has a doc comment.\n`);
