/** Answers a request by a handler of the event API: `main(event, context)`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody, readBody, type Body } from './body.ts';
import { Call } from './call.ts';
import { emptyContent, isMultipart, parseContent, readContentType } from './content.ts';
import { Deadlines } from './deadlines.ts';
import { NOTHING, type Input } from './event.ts';
import { createFront, isOwnPath, refuse, type FunctionServer, type Turn } from './front.ts';
import { note } from './journal.ts';
import type { FunctionRequest, FunctionResponse } from './messages.ts';
import { Refusal } from './refusal.ts';
import type { Served } from './served.ts';
import { bytesOf } from './settings.ts';

export function createFunctionServer(served: Served): FunctionServer {
  const { settings, metrics } = served;
  const limit = bytesOf(settings.bodyLimit);
  const deadlines = new Deadlines(settings.timeout * 1000);

  function begin(req: FunctionRequest, res: FunctionResponse): Turn {
    const turn = new EventTurn();
    const answer = (input: Input | Refusal): void => {
      if (input instanceof Refusal) {
        refuse(res, input, settings.corsOrigin);
        return;
      }
      turn.call = new Call(req, res, served, deadlines);
      turn.call.run(input);
    };
    if (!hasBody(req) && !mayBeEvent(req)) {
      answer(saysEmpty(req) ? emptyInput(req) : NOTHING);
      return turn;
    }
    readInput(req, res, limit, answer, (error) => {
      note('error', 'the request could not be read', { error });
      if (!res.headersSent) refuse(res, new Refusal(500, 'Internal server error'), settings.corsOrigin);
    });
    return turn;
  }

  return createFront({
    settings,
    metrics,
    ownPath: (path) => (isOwnPath(path) ? path : undefined),
    begin,
  });
}

/** From its request to the end of its answer; the call begins when the body has been read. */
class EventTurn implements Turn {
  call: Call | undefined;

  close(): void {
    this.call?.close();
  }
}

/**
 * What is in a request, parsed.
 *
 * @param done is never called where the client goes away in the middle of its request
 */
function readInput(
  req: FunctionRequest,
  res: ServerResponse,
  limit: number,
  done: (input: Input | Refusal) => void,
  failed: (error: unknown) => void,
): void {
  const content = readContentType(req.headers['content-type']);
  const take = (body: Body | Refusal): void => {
    if (body instanceof Refusal) {
      done(body);
      return;
    }
    if (body !== undefined && 'bytes' in body && isMultipart(content.type)) {
      done({ data: undefined, body: body.bytes });
      return;
    }
    const parsed =
      body === undefined ? emptyContent(content) : 'form' in body ? body.form : parseContent(body.bytes, content);
    if (parsed instanceof Refusal) done(parsed);
    else if (mayBeEvent(req)) readEvent(req, parsed).then(done).catch(failed);
    else done({ data: parsed, body: parsed });
  };
  readBody(req, res, content, limit, (body) => {
    try {
      take(body);
    } catch (error) {
      failed(error);
    }
  });
}

/** Whether a request says that its body is empty, instead of nothing. */
const saysEmpty = ({ headers }: IncomingMessage): boolean => headers['content-length'] === '0';

function emptyInput(req: IncomingMessage): Input {
  const data = emptyContent(readContentType(req.headers['content-type']));
  return { data, body: data };
}

const STRUCTURED = /^\s*application\/cloudevents(?:\+json)?\s*(?:;|$)/i;
const BATCH = /^\s*application\/cloudevents-batch(?:\+json)?\s*(?:;|$)/i;

/** What Kyma takes for a CloudEvent, and what the specification does. */
const isBinaryEvent = ({ headers }: IncomingMessage): boolean =>
  headers['ce-specversion'] !== undefined || (headers['ce-type'] !== undefined && headers['ce-source'] !== undefined);

const mayBeEvent = (req: IncomingMessage): boolean =>
  isBinaryEvent(req) || (req.headers['content-type'] ?? '').toLowerCase().includes('application/cloudevents');

/** The input of a request whose body has been parsed by its content type. */
async function readEvent(req: IncomingMessage, body: unknown): Promise<Input | Refusal> {
  const type = req.headers['content-type'] ?? '';
  const batch = BATCH.test(type);
  const structured = !batch && STRUCTURED.test(type);
  if (!batch && !structured && !isBinaryEvent(req)) return { data: body, body };
  const { readBatch, readBinary, readStructured } = await import('./cloud-event.ts');
  if (batch) {
    const data = readBatch(body);
    return data instanceof Refusal ? data : { data, body };
  }
  const event = structured ? readStructured(body) : readBinary(req.headers, body);
  return event instanceof Refusal ? event : { data: event.data, body, attributes: event.attributes };
}
