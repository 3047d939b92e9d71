/** The resolver's side of the socket. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isFailure, type Failure, type Resolver } from './resolver.ts';
import { LARGEST_JOB, readGitJob, readLockJob, shortened, WIRE_PATHS, writeAnswer } from './wire.ts';

export interface ResolverServerOptions {
  readonly resolver: Resolver;
  /** Called at the end of each job. */
  readonly ended: (job: EndedJob) => void;
}

export interface EndedJob {
  readonly kind: string;
  /** Without credentials. */
  readonly what: string;
  readonly milliseconds: number;
  readonly failure?: Failure;
}

type Answer = Parameters<typeof writeAnswer>[0];
interface Job {
  readonly what: string;
  readonly run: (signal: AbortSignal) => Promise<Answer>;
}

/** `POST /lock`, `/releases`, `/commit` and `/files`, and `GET /healthz`. A job ends with its connection. */
export function createResolverServer({ resolver, ended }: ResolverServerOptions): Server {
  return createServer({ headersTimeout: 10_000, requestTimeout: 60_000 }, (request, response) => {
    void answer(request, response, resolver, ended);
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  resolver: Resolver,
  ended: ResolverServerOptions['ended'],
): Promise<void> {
  const path = request.url ?? '';
  if (request.method === 'GET' && path === WIRE_PATHS.health) {
    send(response, 200, '{"ok":true}');
    return;
  }
  const value = request.method === 'POST' ? await readJson(request) : undefined;
  const job = value === undefined ? undefined : jobOf(path, value, resolver);
  if (job === undefined) {
    send(response, 400, '{"error":"not a job"}');
    return;
  }
  const gone = new AbortController();
  response.on('close', () => {
    gone.abort();
  });
  const started = performance.now();
  const outcome = await job.run(gone.signal);
  const failure = isFailure(outcome) ? shortened(outcome) : undefined;
  ended({
    kind: path.slice(1),
    what: job.what,
    milliseconds: Math.round(performance.now() - started),
    ...(failure !== undefined && { failure }),
  });
  if (!gone.signal.aborted) send(response, 200, writeAnswer(failure ?? outcome));
}

function jobOf(path: string, value: unknown, resolver: Resolver): Job | undefined {
  if (path === WIRE_PATHS.lock) {
    const job = readLockJob(value);
    return job && { what: job.name, run: (signal) => resolver.lock(job, signal) };
  }
  if (path === WIRE_PATHS.releases) {
    const job = readLockJob(value);
    return job && { what: job.name, run: (signal) => resolver.releases(job, signal) };
  }
  const job = readGitJob(value);
  if (job === undefined) return undefined;
  const { commit } = job;
  const what = job.source.url;
  if (path === WIRE_PATHS.commit) return { what, run: (signal) => resolver.commit(job, signal) };
  if (path !== WIRE_PATHS.files || commit === undefined) return undefined;
  return { what, run: (signal) => resolver.files({ ...job, commit }, signal) };
}

/** @returns undefined for what is not JSON, is too large, or ends too early */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > LARGEST_JOB) return undefined;
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}
