/** The logs of all Pods of a Function, as one: joined as Pods come, left as they end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type ApiServer } from '../api-server/api-server.ts';
import { Reflector } from '../api-server/reflector.ts';
import { FUNCTION_LABEL, REVISION_ANNOTATION, STATUS_ANNOTATION } from '../function/keys.ts';
import { parseStatus } from '../inject/status.ts';
import { count, field, list, text } from '../kubernetes/fields.ts';
import { shortOf } from './table.ts';

/** A line of a log. */
export interface LogLine {
  readonly pod: string;
  /** Short; `-` if the Pod runs its source as it is. */
  readonly revision: string;
  readonly container: string;
  /** RFC 3339, as the kubelet wrote it; empty if it did not. */
  readonly time: string;
  readonly line: string;
}

/** A Pod, as far as its log is concerned. */
export interface LoggedPod {
  readonly name: string;
  readonly uid: string;
  readonly revision: string;
  readonly container: string;
  /** Of the container; undefined if it has not been started. */
  readonly restarts: number | undefined;
}

export interface LogWishes {
  readonly namespace: string;
  readonly function: string;
  /** The Function's own if left out. */
  readonly container?: string;
  /** -1 for all. */
  readonly tail: number;
  readonly sinceSeconds?: number;
}

const RETRY_MILLISECONDS = 1000;

export function loggedPod(pod: unknown, wanted: string | undefined): LoggedPod {
  const annotations = field(pod, 'metadata', 'annotations');
  const stamp = text(annotations, REVISION_ANNOTATION);
  const status = parseStatus(text(annotations, STATUS_ANNOTATION));
  const [first] = list(pod, 'spec', 'containers');
  const container = wanted ?? status?.container ?? text(first, 'name');
  const states = [...list(pod, 'status', 'initContainerStatuses'), ...list(pod, 'status', 'containerStatuses')];
  const state = states.find((each) => text(each, 'name') === container);
  const started =
    field(state, 'state', 'running') !== undefined ||
    field(state, 'state', 'terminated') !== undefined ||
    count(state, 'restartCount') > 0;
  return {
    name: text(pod, 'metadata', 'name'),
    uid: text(pod, 'metadata', 'uid'),
    revision: stamp === '' ? '-' : shortOf(stamp),
    container,
    restarts: started ? count(state, 'restartCount') : undefined,
  };
}

export const podsPath = (namespace: string): string => `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
export const selectorOf = (name: string): string => `${FUNCTION_LABEL}=${name}`;

/** What the Pods have logged until now, in the order of time. */
export async function logsSoFar(
  pods: readonly LoggedPod[],
  wishes: LogWishes,
  lines: ApiServer['lines'],
  signal: AbortSignal,
): Promise<readonly LogLine[]> {
  const all = await Promise.all(
    pods
      .filter(({ restarts }) => restarts !== undefined)
      .map(async (pod) => {
        const found: LogLine[] = [];
        for await (const line of await lines(logPath(pod, wishes), logQuery(pod, wishes), signal))
          found.push(parseLine(pod, line));
        return found;
      }),
  );
  return all.flat().sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

export interface Following {
  readonly server: ApiServer;
  readonly onLine: (line: LogLine) => void;
  /** A Pod has come or gone, or something cannot be read. */
  readonly onNote: (note: string) => void;
  readonly signal: AbortSignal;
}

/** Follows the logs until the signal comes. */
export async function followLogs(wishes: LogWishes, { server, onLine, onNote, signal }: Following): Promise<void> {
  const followed = new Set<string>();
  const known = new Map<string, LoggedPod>();
  const join = (pod: LoggedPod, there: boolean): void => {
    const key = `${pod.uid} ${pod.restarts ?? ''}`;
    if (pod.restarts === undefined || followed.has(key)) return;
    followed.add(key);
    // Of a Pod that comes while this runs nothing has been seen yet.
    const { namespace, function: name, container } = wishes;
    const all = { namespace, function: name, tail: -1, ...(container !== undefined && { container }) };
    if (!there) onNote(`${pod.name} (revision ${pod.revision}) has ${pod.restarts > 0 ? 'restarted' : 'started'}`);
    void followPod(pod, there ? wishes : all, { server, onLine, signal, known }).catch((error: unknown) => {
      // It has ended, which is said already.
      if (!signal.aborted && known.has(pod.name))
        onNote(`the log of ${pod.name} cannot be read: ${error instanceof Error ? error.message : ''}`);
    });
  };
  let listed = false;
  const reflector = new Reflector<LoggedPod>({
    server,
    path: podsPath(wishes.namespace),
    labelSelector: selectorOf(wishes.function),
    entryOf: (pod) => loggedPod(pod, wishes.container),
    logger: {
      info: () => undefined,
      warn: (fields) => {
        onNote(`the Pods cannot be followed: ${text(fields, 'reason')}`);
      },
    },
    onEntry: ({ name, after }) => {
      if (after === undefined) {
        const before = known.get(name);
        known.delete(name);
        if (before !== undefined) onNote(`${name} (revision ${before.revision}) has ended`);
        return;
      }
      known.set(name, after);
      join(after, !listed);
    },
    onChange: () => {
      listed = true;
    },
  });
  reflector.start();
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  await reflector.stop();
}

/** Follows one container of one Pod for as long as that is there; a connection that breaks is opened again. */
async function followPod(
  pod: LoggedPod,
  wishes: LogWishes,
  {
    server,
    onLine,
    signal,
    known,
  }: Pick<Following, 'server' | 'onLine' | 'signal'> & { readonly known: ReadonlyMap<string, LoggedPod> },
): Promise<void> {
  let last = '';
  while (!signal.aborted) {
    try {
      const query = { ...logQuery(pod, wishes), ...(last !== '' && { sinceTime: last }), follow: 'true' };
      for await (const text of await server.lines(logPath(pod, wishes), query, signal)) {
        const line = parseLine(pod, text);
        // The API takes whole seconds, and gives what is seen already.
        if (line.time !== '' && line.time <= last) continue;
        last = line.time;
        onLine(line);
      }
    } catch (error) {
      if (error instanceof ApiError && error.status !== 0 && error.status < 500 && error.status !== 400) throw error;
    }
    const now = known.get(pod.name);
    if (now?.uid !== pod.uid || now.restarts !== pod.restarts) return;
    await sleep(RETRY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
}

const logPath = ({ name }: LoggedPod, { namespace }: LogWishes): string =>
  `${podsPath(namespace)}/${encodeURIComponent(name)}/log`;

const logQuery = ({ container }: LoggedPod, { tail, sinceSeconds }: LogWishes): Readonly<Record<string, string>> => ({
  container,
  timestamps: 'true',
  ...(tail >= 0 && { tailLines: String(tail) }),
  ...(sinceSeconds !== undefined && { sinceSeconds: String(sinceSeconds) }),
});

/** With `timestamps` the kubelet begins each line with its time and a space. */
function parseLine({ name, revision, container }: LoggedPod, line: string): LogLine {
  const end = line.indexOf(' ');
  const time = line.slice(0, Math.max(end, 0));
  const timed = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(time);
  return { pod: name, revision, container, time: timed ? time : '', line: timed ? line.slice(end + 1) : line };
}
