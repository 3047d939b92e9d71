import type { Function as FunctionNode, Identifier, Node, Pattern, Program } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { parseJavaScript } from '../imports/javascript.ts';
import type { CodeChange } from './change.ts';

/** What becomes of a property of `event`. */
const OF_EVENT: Readonly<Record<string, string>> = {
  data: 'req.body',
  extensions: 'req and res, the parameters of main',
  tracer: 'getTracer() of the module sdk',
  emitCloudEvent: 'emitCloudEvent(type, source, data, attributes) of the module sdk',
  publishCloudEvent: 'emitCloudEvent(type, source, data, attributes) of the module sdk',
  buildResponseCloudEvent: 'a response with the headers or the body of a CloudEvent',
  setResponseHeader: 'res.set(name, value)',
  setResponseContentType: 'res.type(type)',
  setResponseStatus: 'res.status(code)',
};

/** What becomes of a property of `context`. */
const OF_CONTEXT: Readonly<Record<string, string>> = {
  'function-name': 'getFunctionName() of the module sdk',
  namespace: 'getNamespace() of the module sdk',
  runtime: 'getRuntime() of the module sdk',
  timeout: 'getTimeout() of the module sdk',
  'body-size-limit': 'getBodySizeLimit() of the module sdk',
};

/**
 * What a handler of `main(event, context)` has to change for `main(req, res)`, by line.
 *
 * @returns undefined if the code cannot be parsed, or has no such handler
 */
export function changesOfJavaScript(code: string): readonly CodeChange[] | undefined {
  const program = parseJavaScript(code);
  const main = program === undefined ? undefined : findMain(program);
  if (program === undefined || main === undefined) return undefined;
  const lineAt = lineCounter(code);
  const changes: CodeChange[] = [{ line: lineAt(main.start), from: signature(code, main), to: 'main(req, res)' }];
  const hidden = hiddenExport(program);
  if (hidden !== undefined) {
    changes.push({
      line: lineAt(hidden.start),
      from: 'this export of main',
      to: "exports.main = ..., which Kyma's server finds",
    });
  }
  const [eventParameter, contextParameter, callback] = main.params;
  const event: Argument = { of: 'event', table: OF_EVENT, names: namesOf(main.body, eventParameter) };
  const context: Argument = { of: 'context', table: OF_CONTEXT, names: namesOf(main.body, contextParameter) };
  changes.push(...destructured(lineAt, eventParameter, event), ...destructured(lineAt, contextParameter, context));
  fullAncestor(main.body, (node: Node, _state: unknown, ancestors: readonly Node[]) => {
    for (const argument of [event, context]) {
      if (node.type === 'MemberExpression') changes.push(...memberChange(lineAt, node, argument));
      if (node.type === 'VariableDeclarator' && isOneOf(read(node, 'init'), argument)) {
        changes.push(...destructured(lineAt, read(node, 'id'), argument));
      }
      if (node.type === 'CallExpression' && listOf(node, 'arguments').some((given) => isOneOf(given, argument))) {
        const line = lineAt(node.start);
        changes.push({ line, from: `${argument.of} given to a function`, to: 'what that function needs of req' });
      }
    }
    if (node.type === 'CallExpression' && isName(read(node, 'callee'), callback)) {
      changes.push({ line: lineAt(node.start), from: 'a call of the callback', to: 'res.status(code).send(body)' });
    }
    if (node.type === 'ReturnStatement' && read(node, 'argument') !== null && isOwn(ancestors)) {
      changes.push({
        line: lineAt(node.start),
        from: 'return of a value',
        to: 'res.send(value): what main returns is ignored',
      });
    }
  });
  if (main.body.type !== 'BlockStatement') {
    changes.push({
      line: lineAt(main.body.start),
      from: 'a value without return',
      to: 'res.send(value): what main returns is ignored',
    });
  }
  return changes.sort((a, b) => a.line - b.line);
}

/** Whether a statement belongs to main itself, and not to a function within it. */
const isOwn = (ancestors: readonly Node[]): boolean => !ancestors.some(({ type }) => type.includes('Function'));

type Handler = FunctionNode & { readonly body: Node };

/** The function that the code exports as `main`, or declares by that name. */
function findMain(program: Program): Handler | undefined {
  let found: Handler | undefined;
  const take = (value: unknown): void => {
    if (found === undefined && isFunction(value)) found = value;
  };
  fullAncestor(program, (node: Node) => {
    if (node.type === 'FunctionDeclaration' && nameOf(read(node, 'id')) === 'main') take(node);
    if (node.type === 'VariableDeclarator' && nameOf(read(node, 'id')) === 'main') take(read(node, 'init'));
    if (node.type === 'Property' && nameOf(read(node, 'key')) === 'main') take(read(node, 'value'));
    if (node.type === 'AssignmentExpression') {
      const left = read(node, 'left');
      if (isNode(left) && left.type === 'MemberExpression' && nameOf(read(left, 'property')) === 'main') {
        take(read(node, 'right'));
      }
    }
  });
  return found;
}

/** Where the code exports main in a form that Kyma's nodejs26 does not find: it reads a CommonJS module's exports from its text. */
function hiddenExport(program: Program): Node | undefined {
  let found: Node | undefined;
  fullAncestor(program, (node: Node) => {
    if (node.type === 'ExportDefaultDeclaration' && isObjectWithMain(read(node, 'declaration'))) found = node;
    const left = node.type === 'AssignmentExpression' ? read(node, 'left') : undefined;
    if (!isNode(left) || nameOf(read(left, 'object')) !== 'module' || nameOf(read(left, 'property')) !== 'exports')
      return;
    const right = read(node, 'right');
    if (nameOf(right) === 'main' || isFunction(right) || hidesMain(right)) found = node;
  });
  return found;
}

const isObjectWithMain = (node: unknown): boolean =>
  isNode(node) && listOf(node, 'properties').some((property) => nameOf(read(property, 'key')) === 'main');

/** An object whose main is an arrow of two parameters or an async method, or comes after a key with a value of its own. */
function hidesMain(node: unknown): boolean {
  if (!isNode(node) || node.type !== 'ObjectExpression') return false;
  const properties = listOf(node, 'properties');
  const at = properties.findIndex((property) => nameOf(read(property, 'key')) === 'main');
  const value = at === -1 ? undefined : read(properties[at] ?? node, 'value');
  if (!isFunction(value)) return false;
  const isArrow = value.type === 'ArrowFunctionExpression' && read(value, 'async') !== true && value.params.length > 1;
  const isAsyncMethod =
    properties[at]?.type === 'Property' && read(properties[at], 'method') === true && read(value, 'async') === true;
  return isArrow || isAsyncMethod || properties.slice(0, at).some((property) => read(property, 'shorthand') !== true);
}

/** One of main's arguments: the names that the code has for it, and what becomes of its properties. */
interface Argument {
  readonly of: 'event' | 'context';
  readonly table: Readonly<Record<string, string>>;
  readonly names: readonly Pattern[];
}

/** Of one argument: each costs a look at each node. */
const MOST_NAMES = 8;

/** A parameter, and the variables that it is put into as it is. */
function namesOf(body: Node, parameter: Pattern | undefined): readonly Pattern[] {
  if (parameter === undefined) return [];
  const names = [parameter];
  fullAncestor(body, (node: Node) => {
    if (names.length === MOST_NAMES || node.type !== 'VariableDeclarator' || !isName(read(node, 'init'), parameter))
      return;
    const id = read(node, 'id');
    if (isPattern(id)) names.push(id);
  });
  return names;
}

const isOneOf = (node: unknown, { names }: Argument): boolean => names.some((name) => isName(node, name));

function memberChange(lineAt: LineAt, node: Node, argument: Argument): readonly CodeChange[] {
  if (!isOneOf(read(node, 'object'), argument)) return [];
  const name = propertyName(node);
  const to =
    argument.of === 'event' && name.startsWith('ce-')
      ? `getCloudEvent(req).${name.slice('ce-'.length)} of the module sdk`
      : known(argument.table, name);
  return to === undefined ? [] : [{ line: lineAt(node.start), from: `${argument.of}${shown(name)}`, to }];
}

/** `main({ data, extensions: { request } }, ...)`, and `const { data } = event`. */
function destructured(lineAt: LineAt, pattern: unknown, { of, table }: Argument): readonly CodeChange[] {
  if (!isNode(pattern) || pattern.type !== 'ObjectPattern') return [];
  return listOf(pattern, 'properties').flatMap((property) => {
    const name = property.type === 'Property' ? nameOf(read(property, 'key')) : undefined;
    const to = name === undefined ? undefined : known(table, name);
    return name === undefined || to === undefined
      ? []
      : [{ line: lineAt(property.start), from: `${of}${shown(name)}`, to }];
  });
}

const known = (table: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

const shown = (name: string): string => (/^\w+$/.test(name) ? `.${name}` : `['${name}']`);

function propertyName(node: Node): string {
  const property = read(node, 'property');
  return read(node, 'computed') === true
    ? String(isNode(property) ? read(property, 'value') : '')
    : (nameOf(property) ?? '');
}

function signature(code: string, main: Handler): string {
  const [first, last] = [main.params[0], main.params.at(-1)];
  return `main(${first === undefined || last === undefined ? '' : code.slice(first.start, last.end).replaceAll(/\s+/g, ' ').slice(0, LONGEST)})`;
}
const LONGEST = 60;

type LineAt = (offset: number) => number;

/** Line numbers from 1, by offset. */
function lineCounter(code: string): LineAt {
  const starts = [0];
  for (let at = code.indexOf('\n'); at >= 0; at = code.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
const isFunction = (value: unknown): value is Handler => isNode(value) && value.type.includes('Function');
const isPattern = (value: unknown): value is Pattern => isNode(value) && value.type === 'Identifier';
const read = (node: Node, name: string): unknown => Reflect.get(node, name);
const listOf = (node: Node, name: string): readonly Node[] => {
  const list: unknown = read(node, name);
  return Array.isArray(list) ? list.filter(isNode) : [];
};
const nameOf = (node: unknown): string | undefined => {
  if (!isNode(node)) return undefined;
  const name = node.type === 'Literal' ? read(node, 'value') : read(node, 'name');
  return typeof name === 'string' ? name : undefined;
};
const isName = (node: unknown, parameter: Pattern | undefined): boolean =>
  parameter?.type === 'Identifier' &&
  isNode(node) &&
  node.type === 'Identifier' &&
  nameOf(node) === (parameter satisfies Identifier).name;
