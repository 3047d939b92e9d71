import type { Duplex } from 'node:stream';
import { CONTROL_POD_LABELS, POD_LABELS, PORTS } from '../../installation/names.ts';
import { failed, ok, skipped, type Check, type Patient } from '../check.ts';
import { list, text } from '../../kubernetes/fields.ts';

const CHECK = 'Denied versions';
const DEADLINE = 5000;

/** What a replica has in force. */
interface InForce {
  readonly pod: string;
  readonly digest: string;
  readonly entries: number;
  readonly problems: number;
}

/** The list of denied versions that each replica of webhook and controller has in force: the same one, without faults. */
export const denied: Check = async (patient) => {
  const pods = (
    await Promise.all([POD_LABELS, CONTROL_POD_LABELS].map((labels) => runningPods(patient, labels)))
  ).flat();
  const asked = await Promise.all(pods.map((pod) => inForce(patient, pod)));
  const answers = asked.filter((answer) => typeof answer !== 'string');
  const [first] = answers;
  if (first === undefined) {
    const why = asked.find((answer) => typeof answer === 'string') ?? 'none runs';
    return [skipped(CHECK, `no replica can be asked (${why})`, 'allow pods/portforward to yourself')];
  }
  const faulty = answers.filter(({ problems }) => problems > 0);
  if (faulty.length > 0) {
    const names = faulty.map(({ pod }) => pod).join(', ');
    return [
      failed(
        CHECK,
        `lists have faults in ${names}, so the last good ones stay in force`,
        `read which: kubectl logs -n ${patient.namespace} ${faulty[0]?.pod ?? ''} | grep "denied versions not taken"`,
      ),
    ];
  }
  const others = answers.filter(({ digest }) => digest !== first.digest);
  if (others.length > 0) {
    const digests = answers.map(({ pod, digest }) => `${pod} ${digest}`).join(', ');
    const cure = 'wait a minute; then read the logs of the replicas that differ for "cannot follow the cluster"';
    return [failed(CHECK, `replicas have different lists in force: ${digests}`, cure)];
  }
  const missing = asked.length - answers.length;
  const rest = missing === 0 ? '' : `; ${missing} could not be asked`;
  return [
    ok(
      CHECK,
      `${answers.length} replicas have one list in force, entries: ${first.entries}, digest: ${first.digest}${rest}`,
    ),
  ];
};

async function runningPods(
  { get, namespace }: Patient,
  labels: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const answer = await get(`/api/v1/namespaces/${namespace}/pods`, { labelSelector });
  if (!answer.ok) return [];
  const running = list(answer.object, 'items').filter((pod) => text(pod, 'status', 'phase') === 'Running');
  return running.map((pod) => text(pod, 'metadata', 'name'));
}

/** By its metrics; a sentence if it cannot be asked. */
async function inForce({ openPod }: Patient, pod: string): Promise<InForce | string> {
  try {
    const metrics = await get(await openPod(pod, PORTS.plain));
    const digest = /^buildless_denied_list_info\{digest="([0-9a-z]+)"\} 1$/m.exec(metrics)?.[1];
    if (digest === undefined) return `${pod} does not say which list it has`;
    return {
      pod,
      digest,
      entries: valueOf(metrics, 'buildless_denied_entries'),
      problems: valueOf(metrics, 'buildless_denied_problems'),
    };
  } catch (error) {
    return `${pod}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const valueOf = (metrics: string, name: string): number =>
  Number(
    metrics
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1) ?? 0,
  );

/** By hand: a forwarded port is not a socket, as the client of Node.js wants one, and it does not always end with the answer. */
function get(stream: NodeJS.ReadWriteStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const end = (answer: string | Error): void => {
      clearTimeout(timer);
      stream.removeAllListeners('data');
      // What is forwarded is any duplex stream.
      (stream as Duplex).destroy();
      if (typeof answer === 'string') resolve(answer);
      else reject(answer);
    };
    const timer = setTimeout(() => {
      end(new Error(`no answer within ${DEADLINE / 1000} s`));
    }, DEADLINE);
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      const body = bodyOf(Buffer.concat(chunks));
      if (body !== undefined) end(body);
    });
    stream.on('error', end);
    stream.on('end', () => {
      end(new Error('the answer ended too early'));
    });
    stream.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  });
}

/** The body of an answer once all of it is there. */
function bodyOf(answer: Buffer): string | undefined {
  const begin = answer.indexOf('\r\n\r\n') + 4;
  if (begin === 3) return undefined;
  const length = Number(
    /^content-length: *(\d+)/im.exec(answer.subarray(0, begin).toString('latin1'))?.[1] ?? Infinity,
  );
  return answer.length < begin + length ? undefined : answer.subarray(begin, begin + length).toString('utf8');
}
