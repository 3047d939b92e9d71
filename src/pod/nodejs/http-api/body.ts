/** What `req.body` is, by content type: the rules of Kyma's nodejs26, which are those of Express' parsers. */
import type { ServerResponse } from 'node:http';
import { hasBody, readBody, type Body } from '../server/body.ts';
import { isForm, parseContent, readContentType, type ContentType } from '../server/content.ts';
import type { FunctionRequest } from '../server/messages.ts';
import { Refusal } from '../server/refusal.ts';

/** Only these two: other types that end in `+json` come as bytes. */
const JSON_TYPES = new Set(['application/json', 'application/cloudevents+json']);

/** @param done is never called where the client goes away in the middle of its request */
export function readInput(
  req: FunctionRequest,
  res: ServerResponse,
  limit: number,
  done: (body: { readonly value: unknown } | Refusal) => void,
): void {
  const { headers } = req;
  const content = readContentType(headers['content-type']);
  if (!hasBody(req)) {
    done({ value: headers['content-length'] === undefined ? undefined : emptyValue(content.type) });
    return;
  }
  readBody(req, res, content, limit, (body) => {
    const value = body instanceof Refusal ? body : valueOf(body, content);
    done(value instanceof Refusal ? value : { value });
  });
}

function valueOf(body: Body, content: ContentType): unknown {
  const { type } = content;
  if (body === undefined) return emptyValue(type);
  if ('form' in body) return body.form;
  return JSON_TYPES.has(type) || type.startsWith('text/') ? parseContent(body.bytes, content) : body.bytes;
}

/** An empty body is that of the parser that its type chooses. */
function emptyValue(type: string): unknown {
  if (JSON_TYPES.has(type) || isForm(type)) return {};
  return type.startsWith('text/') ? '' : Buffer.alloc(0);
}
