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
  lines.forEach((line, index) => {
    if (index === at) return;
    const change = (name: string, of: string, table: typeof OF_EVENT): void => {
      for (const access of accessesOf(line, name)) {
        const row = table.find(([key]) => (key.endsWith('-') ? access.startsWith(key) : access === key));
        if (row !== undefined) changes.push({ line: index + 1, from: `${of}[${JSON.stringify(access)}]`, to: row[1] });
      }
    };
    if (event !== '') change(event, 'event', OF_EVENT);
    if (context !== '') change(context, 'context', OF_CONTEXT);
  });
  return changes;
}

const MAIN = /^(async\s+)?def\s+main\s*\(([^)]{0,200})\)/;

/** Keys and attributes of a variable that a line reads: `NAME['key']`, `NAME.get('key')`, `NAME.key`. */
function accessesOf(line: string, name: string): readonly string[] {
  const found: string[] = [];
  for (let from = line.indexOf(name); from >= 0; from = line.indexOf(name, from + name.length)) {
    if (/\w/.test(line[from - 1] ?? '') || line[from - 1] === '.') continue;
    const rest = line.slice(from + name.length, from + name.length + LONGEST);
    const key = /^(?:\.get\(|\[)\s*["']([\w-]+)["']/.exec(rest)?.[1] ?? /^\.(\w+)/.exec(rest)?.[1];
    if (key !== undefined) found.push(key);
  }
  return found;
}
const LONGEST = 80;
