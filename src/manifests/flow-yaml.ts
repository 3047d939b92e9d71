import { isObject } from '../kubernetes/object.ts';

/** Keys that every YAML reader takes for themselves without quotes. */
const PLAIN_KEY = /^[A-Za-z_][\w./-]*$/;
const NOT_PLAIN = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

/**
 * Writes a value over several lines in braces and brackets, as KYAML does: keys plain, strings in double quotes, a comma
 * after each item (https://kubernetes.io/docs/reference/encodings/kyaml/).
 *
 * @param indent of the line that the value begins on
 */
export function writeFlowYaml(value: unknown, indent: number): string {
  const inner = ' '.repeat(indent + 2);
  const block = (open: string, items: readonly string[], close: string): string =>
    items.length === 0
      ? open + close
      : `${open}\n${items.map((item) => `${inner}${item},\n`).join('')}${' '.repeat(indent)}${close}`;
  if (Array.isArray(value)) {
    return block(
      '[',
      value.map((item: unknown) => writeFlowYaml(item, indent + 2)),
      ']',
    );
  }
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return block(
    '{',
    entries.map(([key, item]) => `${writeFlowKey(key)}: ${writeFlowYaml(item, indent + 2)}`),
    '}',
  );
}

export const writeFlowKey = (key: string): string =>
  PLAIN_KEY.test(key) && !NOT_PLAIN.test(key) ? key : JSON.stringify(key);
