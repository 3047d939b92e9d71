/** The controller's side of the socket. */
import { request } from 'node:http';
import type * as z from 'zod';
import type { ProxyVariables } from '../installers/proxies.ts';
import { temporary } from './failure.ts';
import type { Failure, Resolver } from './resolver.ts';
import { ANSWERS, LARGEST_ANSWER, readAnswer, WIRE_PATHS, writeGitJob, writeLockJob } from './wire.ts';

/** A job takes 300 s at most, and may have waited as long. */
const TIMEOUT_SECONDS = 900;
const AGAIN = 'no action needed: it is tried again';

/**
 * A resolver behind a socket. A job that is given up is ended there as well.
 *
 * @param socket path of the Unix socket of `buildless resolve`
 * @param proxies the administrator's, as they are when a job begins
 */
export function createResolverClient(socket: string, proxies: () => ProxyVariables = () => ({})): Resolver {
  const ask = async <Answer>(
    path: string,
    body: string,
    expected: z.ZodType<Answer>,
    signal: AbortSignal,
  ): Promise<Answer | Failure> => {
    const answered = await post(
      socket,
      path,
      body,
      AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_SECONDS * 1000)]),
    );
    if ('reason' in answered) return temporary(`the resolver did not answer (${answered.reason})`, AGAIN);
    return readAnswer(expected, answered.value) ?? temporary('the resolver gave an answer of another form', AGAIN);
  };
  return {
    lock: (job, signal) => ask(WIRE_PATHS.lock, writeLockJob({ ...job, proxies: proxies() }), ANSWERS.lock, signal),
    releases: (job, signal) =>
      ask(WIRE_PATHS.releases, writeLockJob({ ...job, proxies: proxies() }), ANSWERS.releases, signal),
    commit: (job, signal) =>
      ask(WIRE_PATHS.commit, writeGitJob({ ...job, proxies: proxies() }), ANSWERS.commit, signal),
    files: (job, signal) => ask(WIRE_PATHS.files, writeGitJob({ ...job, proxies: proxies() }), ANSWERS.files, signal),
  };
}

async function post(
  socketPath: string,
  path: string,
  body: string,
  signal: AbortSignal,
): Promise<{ readonly value: unknown } | { readonly reason: string }> {
  return await new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const failed = (error: NodeJS.ErrnoException): void => {
      resolve({ reason: error.code ?? error.message });
    };
    const asked = request({ socketPath, path, method: 'POST', headers, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', failed);
      response.on('data', (chunk: Buffer) => {
        size += chunk.byteLength;
        if (size > LARGEST_ANSWER) response.destroy(new Error('too large'));
        else chunks.push(chunk);
      });
      response.on('end', () => {
        if (response.statusCode !== 200) resolve({ reason: `status ${response.statusCode ?? ''}` });
        else resolve(parsed(Buffer.concat(chunks).toString('utf8')));
      });
    });
    asked.on('error', failed);
    asked.end(body);
  });
}

function parsed(text: string): { readonly value: unknown } | { readonly reason: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { reason: 'not JSON' };
  }
}
