import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A statement as the code may build it. */
export interface SqlString {
  file: string;
  line: number;
  sql: string;
}

const statement = /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s/;
const clause = /\} (AND|WHERE|ORDER BY) /;
/** More ways than this to put a template together and something is wrong with the reading. */
const mostWays = 64;

type Bound = ReadonlyMap<string, readonly string[]>;

/**
 * Every SQL statement that the modules of a folder can build, read from their syntax: templates are filled with what the
 * constants, loops and conditions in them can be. What is known at run time only is a parameter, never a template.
 */
export function sqlStrings(folder: string): SqlString[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'schema.ts')
    .map((name) =>
      ts.createSourceFile(name, readFileSync(join(folder, name), 'utf8'), ts.ScriptTarget.Latest, true),
    );
  return files.flatMap((file) => statementsIn(file, files));
}

function statementsIn(file: ts.SourceFile, files: readonly ts.SourceFile[]): SqlString[] {
  const found: SqlString[] = [];
  const visit = (node: ts.Node): void => {
    // Parts of a declaration are read where they are used.
    if ((ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) && looksLikeSql(node)) {
      const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      for (const sql of waysOf(node, [file, ...files], new Map()))
        if (statement.test(sql) && !isPart(node)) found.push({ file: file.fileName, line, sql });
    } else ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** A template may begin with a constant: then something of a query must follow. */
function looksLikeSql(node: ts.StringLiteralLike | ts.TemplateExpression): boolean {
  if (ts.isStringLiteralLike(node)) return statement.test(node.text);
  return statement.test(node.head.text) || (node.head.text === '' && clause.test(node.getText()));
}

/** Whether a string is the value of a constant, to be put into templates. */
function isPart(node: ts.Node): boolean {
  for (let parent = node.parent; !ts.isBlock(parent) && !ts.isSourceFile(parent); parent = parent.parent)
    if (ts.isVariableDeclaration(parent) && !ts.isCallExpression(node.parent)) return true;
  return false;
}

function waysOf(node: ts.Node, files: readonly ts.SourceFile[], bound: Bound): readonly string[] {
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return [node.text];
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node))
    return waysOf(node.expression, files, bound);
  if (ts.isConditionalExpression(node))
    return [...waysOf(node.whenTrue, files, bound), ...waysOf(node.whenFalse, files, bound)];
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap((one) => waysOf(one, files, bound));
  if (ts.isTemplateExpression(node)) {
    let ways: string[] = [node.head.text];
    for (const { expression, literal } of node.templateSpans) {
      const values = waysOf(expression, files, bound);
      ways = ways.flatMap((way) => values.map((value) => way + value + literal.text)).slice(0, mostWays);
    }
    return ways;
  }
  if (ts.isIdentifier(node)) return bound.get(node.text) ?? waysOfName(node, files, bound);
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
    const callee = declarationOf(node.expression.text, node, files)?.initializer;
    if (callee && ts.isArrowFunction(callee)) {
      const values = callee.parameters.map(
        ({ name }, index) => [name.getText(), waysOf(node.arguments[index], files, bound)] as const,
      );
      return waysOf(callee.body, files, new Map([...bound, ...values]));
    }
  }
  throw new Error(`no SQL can be read from ${node.getText()} in ${node.getSourceFile().fileName}`);
}

function waysOfName(node: ts.Identifier, files: readonly ts.SourceFile[], bound: Bound): readonly string[] {
  const parameter = parameterOf(node);
  if (parameter) return argumentsFor(parameter, files);
  const declaration = declarationOf(node.text, node, files) ?? loopOver(node);
  if (!declaration) throw new Error(`no constant ${node.text}`);
  const loop = declaration.parent.parent;
  if (ts.isForOfStatement(loop)) {
    if (ts.isIdentifier(declaration.name)) return waysOf(loop.expression, files, bound);
    return propertiesOf(loop.expression, node.text, files).flatMap((one) => waysOf(one, files, bound));
  }
  return waysOf(declaration.initializer!, files, bound);
}

/** The loop that takes a name out of each element of a list. */
function loopOver(node: ts.Identifier): ts.VariableDeclaration | undefined {
  for (let parent: ts.Node = node; !ts.isSourceFile(parent); parent = parent.parent) {
    if (!ts.isForOfStatement(parent) || !ts.isVariableDeclarationList(parent.initializer)) continue;
    const [declaration] = parent.initializer.declarations;
    if (declaration.name.getText().split(/\W+/).includes(node.text)) return declaration;
  }
  return undefined;
}

function propertiesOf(list: ts.Expression, name: string, files: readonly ts.SourceFile[]): ts.Expression[] {
  const array = ts.isIdentifier(list) ? declarationOf(list.text, list, files)?.initializer : list;
  if (!array || !ts.isArrayLiteralExpression(array)) throw new Error(`no list ${list.getText()}`);
  return array.elements.flatMap((element) =>
    ts.isObjectLiteralExpression(element)
      ? element.properties.flatMap((one) =>
          ts.isPropertyAssignment(one) && one.name.getText() === name ? [one.initializer] : [],
        )
      : [],
  );
}

/** The parameter of the enclosing method that a name stands for. */
function parameterOf(node: ts.Identifier): { method: ts.MethodDeclaration; index: number } | undefined {
  for (let parent: ts.Node = node; !ts.isSourceFile(parent); parent = parent.parent)
    if (ts.isMethodDeclaration(parent)) {
      const index = parent.parameters.findIndex(({ name }) => name.getText() === node.text);
      return index < 0 ? undefined : { method: parent, index };
    }
  return undefined;
}

/** What a method is called with for a parameter, in its own module. */
function argumentsFor(
  { method, index }: { method: ts.MethodDeclaration; index: number },
  files: readonly ts.SourceFile[],
): string[] {
  const given: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      node.expression.name.text === method.name.getText()
    )
      given.push(...waysOf(node.arguments[index], files, new Map()));
    ts.forEachChild(node, visit);
  };
  visit(method.getSourceFile());
  return given;
}

/** A constant of this name, the one that is nearest to where it is used first. */
function declarationOf(
  name: string,
  from: ts.Node,
  files: readonly ts.SourceFile[],
): ts.VariableDeclaration | undefined {
  const within = (scope: ts.Node): ts.VariableDeclaration | undefined => {
    let found: ts.VariableDeclaration | undefined;
    const visit = (node: ts.Node): void => {
      if (ts.isVariableDeclaration(node) && node.name.getText() === name) found ??= node;
      else if (!found) ts.forEachChild(node, visit);
    };
    visit(scope);
    return found;
  };
  for (let scope = from.parent; scope; scope = scope.parent) {
    const found = ts.isBlock(scope) || ts.isSourceFile(scope) ? within(scope) : undefined;
    if (found) return found;
  }
  return files.map(within).find((found) => found !== undefined);
}
