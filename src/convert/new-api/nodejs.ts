import type { Function as FunctionNode, Identifier, Node, Pattern, Program } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { parseJavaScript } from '../imports/javascript.ts';
import type { CodeChange } from './change.ts';

/** What becomes of a property of `event`. */
const OF_EVENT: Readonly<Record<string, string>> = {
  data: 'req.body',
  extensions: 'main gets its request and response as req and res',
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
  const [event, context, callback] = main.params;
  changes.push(
    ...destructured(lineAt, event, 'event', OF_EVENT),
    ...destructured(lineAt, context, 'context', OF_CONTEXT),
  );
  fullAncestor(main.body, (node: Node, _state: unknown, ancestors: readonly Node[]) => {
    if (node.type === 'MemberExpression') changes.push(...memberChange(lineAt, node, { event, context }));
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

function memberChange(
  lineAt: LineAt,
  node: Node,
  { event, context }: { readonly event: Pattern | undefined; readonly context: Pattern | undefined },
): readonly CodeChange[] {
  const object = read(node, 'object');
  const name = propertyName(node);
  const line = lineAt(node.start);
  if (isName(object, event)) {
    const to = name.startsWith('ce-')
      ? `getCloudEvent(req).${name.slice('ce-'.length)} of the module sdk`
      : known(OF_EVENT, name);
    return to === undefined ? [] : [{ line, from: `event${shown(name)}`, to }];
  }
  const to = isName(object, context) ? known(OF_CONTEXT, name) : undefined;
  return to === undefined ? [] : [{ line, from: `context${shown(name)}`, to }];
}

/** `main({ data, extensions: { request } }, ...)`. */
function destructured(
  lineAt: LineAt,
  pattern: Pattern | undefined,
  of: string,
  table: Readonly<Record<string, string>>,
): readonly CodeChange[] {
  if (pattern?.type !== 'ObjectPattern') return [];
  return pattern.properties.flatMap((property) => {
    const name = property.type === 'Property' ? nameOf(property.key) : undefined;
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
const read = (node: Node, name: string): unknown => Reflect.get(node, name);
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
