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
  const framing = headers.find(([name]) => FRAMING.has(name.toLowerCase()));
  if (framing !== undefined)
    return {
      problem: `the header "${framing[0]}" follows from the body`,
      fix: 'leave it out: invoke sends the right one',
    };
  const named = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const content = data === undefined ? undefined : { type: named ?? wanted.contentType ?? typeOf(data), data };
  const method = wanted.method ?? (data === undefined && event === undefined ? 'GET' : 'POST');
  if (event === undefined) {
    const own: Message['headers'] =
      content === undefined || named !== undefined ? [] : [['content-type', content.type]];
    return { method, headers: [...own, ...headers], ...(data !== undefined && { body: data }) };
  }
  const refused = refusalOf(event, headers);
  if (refused !== undefined) return refused;
  if (structured && content !== undefined && isJson(content.type) && !isValidJson(content.data)) {
    return {
      problem: 'the data is not JSON, as its content type says',
      fix: "correct it, or name its type with -H 'content-type: ...'",
    };
  }
  // In structured mode, attributes are in the body wherever they come from.
  const attributes = { ...event, ...Object.fromEntries(structured ? attributesOf(headers) : []) };
  const made = structured ? structuredEvent(attributes, content) : binaryEvent(event, content);
  const isOwn = ([name]: Message['headers'][number]): boolean =>
    name.toLowerCase() !== 'content-type' && !(structured && attributeOf(name) !== undefined);
  return { method, ...made, headers: merged(made.headers, headers.filter(isOwn)) };
}

/** What says where the body ends. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

/** The attribute that a header of a command line names; lower case, as HTTP does not tell cases apart. */
const attributeOf = (header: string): string | undefined =>
  header.toLowerCase().startsWith('ce-') ? header.slice('ce-'.length).toLowerCase() : undefined;

const attributesOf = (headers: Message['headers']): readonly (readonly [string, string])[] =>
  headers.flatMap(([header, value]) => {
    const name = attributeOf(header);
    return name === undefined ? [] : [[name, value] as const];
  });

/** By https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#context-attributes */
function refusalOf({ type, source }: EventAttributes, headers: Message['headers']): Unusable | undefined {
  if (type === '')
    return { problem: 'the type of a CloudEvent is empty', fix: 'name one, such as shop.order.received.v1' };
  if (source === '' || /[\s"<>\\^`{|}]/.test(source))
    return {
      problem: `the source ${JSON.stringify(source)} is not a URI reference`,
      fix: 'write it without spaces and quotes, such as --source shop/web',
    };
  const odd = attributesOf(headers).find(([name]) => !/^[a-z0-9]+$/.test(name))?.[0];
  if (odd === undefined) return undefined;
  return {
    problem: `"${odd}" cannot be the name of an attribute of a CloudEvent`,
    fix: 'use the letters a to z and digits only',
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
