import { createServer } from 'node:http';
import { expect } from 'vitest';
import type { ShippedLanguage } from '../../../src/function/languages.ts';
import { expectedOf, type Case, type Expected, type Published, type Request } from './case.ts';
import { handlerFile, withFunction, type Answer, type FunctionProcess, type Start } from './harness.ts';

/**
 * Starts a server of its own for one row of the table and holds its answer against what the row says.
 *
 * @param programs folder of the built programs, laid out as `dist/pod`
 * @param on another interpreter than the language's own
 */
export async function runCase(
  row: Case,
  language: ShippedLanguage,
  programs: string,
  on: Pick<Start, 'interpreter' | 'env'> = {},
): Promise<void> {
  const expected = expectedOf(row, language);
  const handler = row.handler[language];
  if (expected === undefined || handler === undefined) throw new Error(`"${row.name}" is no case for ${language}`);
  const file = row.file?.[language] ?? handlerFile(language);
  const publisher = row.published === undefined ? undefined : await Publisher.listen(row.publisherStatus ?? 200);
  try {
    await withFunction(
      {
        language,
        programs,
        ...on,
        files: { [file]: handler },
        env: {
          MOD_NAME: file.slice(0, file.lastIndexOf('.')),
          ...on.env,
          ...row.env,
          ...(publisher && { PUBLISHER_PROXY_ADDRESS: publisher.address }),
        },
      },
      async (started) => {
        verifyAnswer(await callAll(started, row.request), expected, started.log);
        if (row.metrics !== undefined) verifyMetrics(await started.call({ path: '/metrics' }), row.metrics);
      },
    );
    if (row.published !== undefined) verifyPublished(publisher?.received ?? [], row.published);
  } finally {
    await publisher?.close();
  }
}

async function callAll(started: FunctionProcess, requests: Case['request']): Promise<Answer> {
  const all: readonly Request[] = Array.isArray(requests) ? requests : [requests];
  let answer: Answer | undefined;
  for (const request of all) answer = await started.call(request);
  if (answer === undefined) throw new Error('a case needs a request');
  return answer;
}

function verifyAnswer(answer: Answer, expected: Expected, log: string): void {
  expect(answer.status, `answered ${answer.status} ${answer.text}; log:\n${log}`).toBe(expected.status);
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    const actual = answer.headers[name];
    if (value === null) expect(actual, name).toBeUndefined();
    else expect(actual, name).toEqual(typeof value === 'string' ? value : expect.stringMatching(value));
  }
  const { body } = expected;
  if (body === undefined) return;
  if (typeof body === 'string') expect(answer.text).toBe(body);
  else if (body instanceof RegExp) expect(answer.text).toMatch(body);
  else if (body instanceof Uint8Array) expect(answer.body).toEqual(Buffer.from(body));
  else expect(JSON.parse(answer.text)).toEqual(isObject(body.json) ? expect.objectContaining(body.json) : body.json);
}

function verifyMetrics(answer: Answer, metrics: Readonly<Record<string, number>>): void {
  const samples = new Map(
    answer.text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [sorted(line.slice(0, line.lastIndexOf(' '))), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
  for (const [sample, value] of Object.entries(metrics)) {
    // Whether a counter that never counted has a sample is left to the library.
    expect(samples.get(sorted(sample)) ?? 0, `${sample} in\n${answer.text}`).toBe(value);
  }
}

/** A sample's name with its labels in the order of the alphabet; libraries differ in theirs. */
const sorted = (sample: string): string =>
  sample.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort().join(',')}}`);

function verifyPublished(received: readonly Received[], published: readonly Published[]): void {
  expect(received).toHaveLength(published.length);
  published.forEach(({ contentType, event }, index) => {
    expect(received[index]?.contentType).toMatch(contentType);
    expect(JSON.parse(received[index]?.body ?? '')).toEqual(expect.objectContaining(event));
  });
}

interface Received {
  readonly contentType: string;
  readonly body: string;
}

/** Stands in for Kyma's event publisher proxy. */
class Publisher {
  readonly received: Received[] = [];
  readonly #server;

  private constructor(status: number) {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const contentType = request.headers['content-type'] ?? '';
        this.received.push({ contentType, body: Buffer.concat(pieces).toString('utf8') });
        response.writeHead(status, { 'content-type': 'text/plain' }).end('noted');
      });
    });
  }

  static async listen(status: number): Promise<Publisher> {
    const publisher = new Publisher(status);
    await new Promise<void>((resolve) => publisher.#server.listen(0, '127.0.0.1', resolve));
    return publisher;
  }

  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the publisher does not listen');
    return `http://127.0.0.1:${address.port}/publish`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
