/** What the stripper throws (@swc/wasm-typescript): no Error. */
interface Refused {
  readonly message: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A syntax error as Node's own stripper makes it: place, line of code and a mark stand before its trace. */
export function explain(error: unknown, text: string, url: string): unknown {
  if (!isRefused(error)) return error;
  const { message, startLine, startColumn, endLine, endColumn } = error;
  const code = text.split('\n')[startLine - 1] ?? '';
  const length = Math.max(1, (endLine === startLine ? endColumn : code.length) - startColumn);
  const mark = `${' '.repeat(startColumn)}${'^'.repeat(length)}`;
  const explained = new SyntaxError(message);
  explained.stack = `${url}:${startLine}\n${code}\n${mark}\n\nSyntaxError: ${message}`;
  return explained;
}

const isRefused = (value: unknown): value is Refused =>
  typeof value === 'object' &&
  value !== null &&
  'message' in value &&
  typeof value.message === 'string' &&
  ['startLine', 'startColumn', 'endLine', 'endColumn'].every((name) => Number.isInteger(Reflect.get(value, name)));
