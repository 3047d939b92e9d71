import { codeLines } from '../imports/python.ts';
import type { CodeChange } from './change.ts';

/** How a handler reads something of the event or the context, and what takes its place. `NAME` is the parameter. */
const OF_EVENT: readonly (readonly [access: string, to: string])[] = [
  ['data', 'flask.request: get_json(), form, or get_data()'],
  ['extensions', 'flask.request; a flask.Response that main returns'],
  ['ce-', 'get_cloud_event() of the module sdk'],
  ['ceHeaders', 'get_cloud_event() of the module sdk'],
  ['tracer', 'get_tracer() of the module sdk'],
  ['emitCloudEvent', 'emit_cloud_event(type, source, data, optional_attributes) of the module sdk'],
  ['publishCloudEvent', 'emit_cloud_event(type, source, data, optional_attributes) of the module sdk'],
  ['buildResponseCloudEvent', 'a flask.Response with the headers or the body of a CloudEvent'],
  ['setResponseHeader', 'return (body, status, headers)'],
  ['setResponseStatus', 'return (body, status)'],
  ['setResponseContentType', "return (body, {'content-type': type})"],
];

const OF_CONTEXT: readonly (readonly [access: string, to: string])[] = [
  ['function-name', 'get_function_name() of the module sdk'],
  ['namespace', 'get_namespace() of the module sdk'],
  ['runtime', 'get_runtime() of the module sdk'],
  ['timeout', 'get_timeout() of the module sdk'],
  ['memory-limit', 'no counterpart'],
];

/**
 * What a handler of `main(event, context)` has to change for Flask's `main()`, by line.
 *
 * @returns undefined if the code has no such handler
 */
export function changesOfPython(code: string): readonly CodeChange[] | undefined {
  const lines = codeLines(code);
  const at = lines.findIndex((line) => MAIN.test(line));
  const found = MAIN.exec(lines[at] ?? '');
  if (found === null) return undefined;
  const [, , given = ''] = found;
  const [event = '', context = ''] = given.split(',').map((name) => /\w+/.exec(name)?.[0] ?? '');
  const changes: CodeChange[] = [{ line: at + 1, from: `main(${given.trim()})`, to: 'main() without parameters' }];
  const [events, contexts] = [namesOf(lines, event), namesOf(lines, context)];
  lines.forEach((line, index) => {
    if (index === at) return;
    if (BOTTLE.test(line)) {
      changes.push({ line: index + 1, from: 'bottle', to: 'flask: request, abort, redirect and Response' });
    }
    const change = (names: readonly string[], of: string, table: typeof OF_EVENT): void => {
      for (const { key, shown } of names.flatMap((name) => accessesOf(line, name))) {
        const row = table.find(([access]) => (access.endsWith('-') ? key.startsWith(access) : key === access));
        if (row !== undefined) changes.push({ line: index + 1, from: `${of}${shown}`, to: row[1] });
      }
    };
    change(events, 'event', OF_EVENT);
    change(contexts, 'context', OF_CONTEXT);
  });
  return changes.sort((a, b) => a.line - b.line);
}

const MAIN = /^(async\s+)?def\s+main\s*\(([^)]{0,200})\)/;

const BOTTLE = /^\s*(?:from|import) bottle\b/;

/** Of one argument: each costs a look at each line. */
const MOST_NAMES = 8;

/** A parameter, and the variables that it is put into as it is. */
function namesOf(lines: readonly string[], parameter: string): readonly string[] {
  if (parameter === '') return [];
  const variables = lines.flatMap((line) => {
    const [variable = '', value = '', ...more] = line.split('=', 3).map((part) => part.trim());
    return value === parameter && more.length === 0 && /^\w+$/.test(variable) ? [variable] : [];
  });
  return [parameter, ...variables].slice(0, MOST_NAMES);
}

interface Access {
  readonly key: string;
  /** As the code has it. */
  readonly shown: string;
}

/** Keys and attributes of a variable that a line reads: `NAME['key']`, `NAME.get('key')`, `NAME.key`. */
function accessesOf(line: string, name: string): readonly Access[] {
  const found: Access[] = [];
  for (let from = line.indexOf(name); from >= 0; from = line.indexOf(name, from + name.length)) {
    if (/\w/.test(line[from - 1] ?? '') || line[from - 1] === '.') continue;
    const rest = line.slice(from + name.length, from + name.length + LONGEST);
    const key = /^(?:\.get\(|\[)\s*["']([\w-]+)["']/.exec(rest)?.[1];
    const attribute = /^\.(\w+)/.exec(rest)?.[1];
    if (key !== undefined) found.push({ key, shown: `[${JSON.stringify(key)}]` });
    else if (attribute !== undefined) found.push({ key: attribute, shown: `.${attribute}` });
  }
  return found;
}
const LONGEST = 80;
