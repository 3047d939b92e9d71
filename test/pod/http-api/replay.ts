/** Sends the request of a recorded case to a server of ours, and compares the answers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FunctionProcess, type Start } from '../conformance/harness.ts';
import type { Difference } from './difference.ts';
import { bodyOf, comparedHeaders, normal, type OracleCase, type OracleProcess, type Stub } from './oracle.ts';

async function replay(
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

export interface Replayed {
  readonly processes: readonly OracleProcess[];
  readonly startOf: (process: OracleProcess) => Start;
  readonly stub: () => Stub;
  readonly differenceOf: (given: OracleCase) => Difference | undefined;
  /** Cases whose handler cannot be loaded, and words of the reason, by the first two parts of their ids. */
  readonly notStarted: Readonly<Record<string, string>>;
  /** Cases that say nothing about a server, and why, by their ids. */
  readonly notCompared: Readonly<Record<string, string>>;
}

const groupOf = ({ cases }: OracleProcess): string => cases[0]?.id.split(': ').slice(0, 2).join(': ') ?? '';

/** A test for each recorded case. */
export function replayAll({ processes, startOf, stub, differenceOf, notStarted, notCompared }: Replayed): void {
  describe.each(processes.map((each) => [groupOf(each), each] as const))('%s', (group, process) => {
    const reason = notStarted[group];
    if (reason !== undefined) {
      it('ends with a reason, as the handler cannot be loaded', async () => {
        const launched = await FunctionProcess.launch(startOf(process));
        try {
          expect(await launched.exited).toBe(1);
          expect(launched.log).toContain(reason);
        } finally {
          await launched.stop();
        }
      });
      return;
    }
    const compared = process.cases.filter(({ id }) => !(id in notCompared));
    if (compared.length === 0) return;
    let started: FunctionProcess;
    beforeAll(async () => {
      started = await FunctionProcess.start(startOf(process));
    });
    afterAll(() => started.stop());

    it.each(compared.map((each) => [each.id, each] as const))('%s', (_id, given) =>
      replay(started, stub(), given, differenceOf(given)),
    );
  });
}
