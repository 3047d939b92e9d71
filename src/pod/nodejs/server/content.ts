/** Turns the bytes of a body into `event.data`, by content type. */
import { parse } from './originals.ts';
import { Refusal } from './refusal.ts';

export interface ContentType {
  /** In lower case and without parameters; empty if there is none. */
  readonly type: string;
  readonly charset: string | undefined;
}

/** @example readContentType('Text/CSV; charset=latin1') // { type: 'text/csv', charset: 'latin1' } */
export function readContentType(header: string | undefined): ContentType {
  if (header === undefined) return { type: '', charset: undefined };
  const semicolon = header.indexOf(';');
  if (semicolon === -1) return { type: header.trim().toLowerCase(), charset: undefined };
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(header)?.[1];
  return { type: header.slice(0, semicolon).trim().toLowerCase(), charset };
}

const isJson = (type: string): boolean => type === 'application/json' || type.endsWith('+json');
export const isForm = (type: string): boolean => type === 'application/x-www-form-urlencoded';
export const isMultipart = (type: string): boolean => type.startsWith('multipart/');

/** What Kyma calls the data of a CloudEvent (`datacontenttype`). */
export function mediaTypeOf(data: unknown): string | undefined {
  if (typeof data === 'object') return 'application/json';
  return typeof data === 'string' ? 'text/plain' : undefined;
}

/** JSON of any kind, text, or the bytes themselves; forms are parsed where they are read (body.ts). */
export function parseContent(bytes: Buffer, { type, charset }: ContentType): unknown {
  if (isJson(type)) return parseJson(bytes, charset);
  return type.startsWith('text/') ? decode(bytes, charset) : bytes;
}

/** Any JSON value, not only objects and arrays. */
function parseJson(bytes: Buffer, charset: string | undefined): unknown {
  const text = decode(bytes, charset);
  if (text instanceof Refusal) return text;
  try {
    return parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : 'it cannot be parsed';
    return new Refusal(400, `Invalid JSON in the request body: ${reason}`);
  }
}

/** What an empty body is: of JSON and of a form an empty object, as in Kyma. */
export const emptyContent = ({ type }: ContentType): unknown => (isJson(type) || isForm(type) ? {} : undefined);

const BYTE_ORDER_MARK = 0xfeff;

/** Bytes that do not decode become U+FFFD. */
function decode(bytes: Buffer, charset = 'utf-8'): string | Refusal {
  if (/^utf-?8$/i.test(charset)) {
    const text = bytes.toString('utf8');
    return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
  }
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new Refusal(415, `Unsupported charset: ${charset}`);
  }
}
