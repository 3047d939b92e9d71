/** Posts CloudEvents to the Function's publisher (PUBLISHER_PROXY_ADDRESS); its answer has the names of axios, as in Kyma. */
import http, { type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Published } from '../../../../types/index.d.ts';
import { textOf } from './error-description.ts';
import { OwnPromise, parse } from './originals.ts';

/** The publisher refused the event; `response` as in axios' errors. */
class PublisherError extends Error {
  override readonly name = 'PublisherError';
  readonly code: string;

  constructor(readonly response: Published) {
    super(`The publisher answered ${response.status} ${response.statusText}`.trimEnd());
    // Axios' names.
    this.code = response.status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE';
  }

  toJSON(): object {
    const { name, message, code, response } = this;
    return { name, message, code, status: response.status };
  }
}

/** The publisher could not be reached: `code` and message say why, as in axios' errors: ECONNREFUSED, ENOTFOUND, ETIMEDOUT. */
class UnreachableError extends Error {
  override readonly name = 'PublisherError';

  constructor(
    message: string,
    readonly code: string | undefined,
    cause: unknown,
  ) {
    super(message, { cause });
  }

  /** Without it a handler that answers or logs the error as JSON would show `{}`. */
  toJSON(): object {
    const { name, message, code } = this;
    return { name, message, ...(code !== undefined && { code }) };
  }
}

/**
 * @param timeout seconds
 * @throws if there is no address, it cannot be reached, or its answer is not a success
 */
export async function publish(
  address: string | undefined,
  contentType: string,
  body: string,
  timeout: number,
): Promise<Published> {
  if (address === undefined) {
    throw new Error('PUBLISHER_PROXY_ADDRESS is not set: there is nowhere to post the CloudEvent to');
  }
  const { ok, ...published } = await post(address, contentType, body, timeout);
  if (!ok) throw new PublisherError(published);
  return published;
}

type Answer = Published & { readonly ok: boolean };

/** By `http`, as axios does it: `fetch` refuses some ports, and takes 10 MB to load. */
function post(address: string, contentType: string, body: string, timeout: number): Promise<Answer> {
  const url = new URL(address);
  const headers = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
  return new OwnPromise((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(unreachable(error, timeout));
    };
    // Asked of the module when it is called: tracing puts its own there. TLS takes 20 ms and 5 MB to load.
    const { request } = url.protocol === 'https:' ? process.getBuiltinModule('node:https') : http;
    request(url, { method: 'POST', headers, signal: AbortSignal.timeout(timeout * 1000) }, (answer) => {
      const { statusCode: status = 0, statusMessage: statusText = '' } = answer;
      text(answer).then((data) => {
        const ok = status >= 200 && status < 300;
        resolve({ ok, status, statusText, headers: joined(answer.headers), data: parsed(data) });
      }, fail);
    })
      .on('error', fail)
      .end(body);
  });
}

const joined = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]));

/** What is behind an error: a chain of causes, one of which may have several errors, one for each address. */
function unreachable(error: Error, timeout: number): UnreachableError {
  if (error.name === 'AbortError') {
    return new UnreachableError(`The publisher did not answer within ${timeout} s`, 'ETIMEDOUT', error);
  }
  let reason: unknown = error;
  for (let depth = 0; depth < DEEPEST && reason instanceof Error; depth += 1) {
    const next: unknown = reason instanceof AggregateError ? reason.errors[0] : reason.cause;
    if (next === undefined) break;
    reason = next;
  }
  const code = reason instanceof Error && 'code' in reason && typeof reason.code === 'string' ? reason.code : undefined;
  return new UnreachableError(reason instanceof Error ? reason.message : textOf(reason), code, error);
}

const DEEPEST = 5;

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return text;
  }
}
