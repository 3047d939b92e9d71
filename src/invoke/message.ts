import type { Message } from './content.ts';
import { binaryEvent, isJson, structuredEvent, type EventAttributes } from './cloud-event.ts';

/** What a person asks for. */
export interface Wanted {
  readonly method?: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly data?: Buffer;
  /** Of the data, unless a header says it. */
  readonly contentType?: string;
  /** A CloudEvent, if there are attributes. */
  readonly event?: EventAttributes;
  /** In the body instead of in headers. */
  readonly structured: boolean;
}

export interface Unusable {
  readonly problem: string;
  readonly fix: string;
}

/** The request that is asked for. */
export function messageOf(wanted: Wanted): Message | Unusable {
  const { headers, data, event, structured } = wanted;
  const bad = headers.find(
    ([name, value]) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value),
  );
  if (bad !== undefined)
    return { problem: `the header "${bad[0]}" cannot be sent`, fix: "write it as -H 'Name: value', in ASCII" };
  const named = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const content = data === undefined ? undefined : { type: named ?? wanted.contentType ?? typeOf(data), data };
  const method = wanted.method ?? (data === undefined && event === undefined ? 'GET' : 'POST');
  if (event === undefined) {
    const own: Message['headers'] =
      content === undefined || named !== undefined ? [] : [['content-type', content.type]];
    return { method, headers: [...own, ...headers], ...(data !== undefined && { body: data }) };
  }
  if (structured && content !== undefined && isJson(content.type) && !isValidJson(content.data)) {
    return {
      problem: 'the data is not JSON, as its content type says',
      fix: "correct it, or name its type with -H 'content-type: ...'",
    };
  }
  const made = structured ? structuredEvent(event, content) : binaryEvent(event, content);
  return {
    method,
    ...made,
    headers: merged(
      made.headers,
      headers.filter(([name]) => name.toLowerCase() !== 'content-type'),
    ),
  };
}

/** A header of the command line takes the place of one that was made. */
function merged(made: Message['headers'], given: Message['headers']): Message['headers'] {
  const names = new Set(given.map(([name]) => name.toLowerCase()));
  return [...made.filter(([name]) => !names.has(name.toLowerCase())), ...given];
}

function typeOf(data: Buffer): string {
  if (isValidJson(data)) return 'application/json';
  return Buffer.from(data.toString('utf8')).equals(data) ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

function isValidJson(data: Buffer): boolean {
  try {
    JSON.parse(data.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
