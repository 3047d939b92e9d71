/** Sends the request of a recorded case to a server of ours, and compares the answers. */
import { expect } from 'vitest';
import type { FunctionProcess } from '../conformance/harness.ts';
import type { Difference } from './difference.ts';
import { bodyOf, comparedHeaders, normal, type OracleCase, type Stub } from './oracle.ts';

export async function replay(
  started: FunctionProcess,
  stub: Stub,
  given: OracleCase,
  difference: Difference | undefined,
): Promise<void> {
  const { request, answer, sent = [] } = given;
  const { method = 'GET', url, headers = {} } = request;
  const body = bodyOf(request);
  const chunked = 'transfer-encoding' in headers;
  const length = body === undefined || chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  stub.take();
  const call = { method, path: url, headers: { ...headers, ...length }, ...(body !== undefined && { body }) };
  const expected = difference?.expect(answer, given.id) ?? answer;
  if (expected.error !== undefined) {
    await expect(started.call(call, true)).rejects.toMatchObject({ code: expected.error });
    return;
  }
  const received = await started.call(call, true);
  const text = normal(received.text);
  // What a parser says differs from version to version of Node.js.
  const compared = expected.body?.endsWith(': ') === true ? text.slice(0, expected.body.length) : text;
  expect({
    status: received.status,
    headers: comparedHeaders(received.headers),
    body: compared,
    cut: received.cut,
  }).toEqual({
    status: expected.status,
    headers: comparedHeaders(expected.headers ?? {}),
    body: normal(expected.body ?? ''),
    cut: expected.cut ?? false,
  });
  expect(events(stub.take())).toEqual(events(sent));
}

/** What was published. The order of an event's attributes means nothing. */
const events = (all: readonly { readonly url: string; readonly body: string }[]): unknown[] =>
  all.filter(({ url }) => url === '/publish').map((each): unknown => JSON.parse(normal(each.body)));
