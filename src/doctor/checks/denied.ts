import { request } from 'node:http';
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

function get(stream: NodeJS.ReadWriteStream): Promise<string> {
  return new Promise((resolve, reject) => {
    // What carries HTTP is any duplex stream: https://nodejs.org/api/http.html#httprequesturl-options-callback
    const asked = request(
      { path: '/metrics', createConnection: () => stream as Duplex, timeout: DEADLINE },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve(Buffer.concat(chunks).toString('utf8'));
        });
        response.on('error', reject);
      },
    );
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${DEADLINE / 1000} s`)));
    asked.on('error', reject);
    asked.end();
  });
}
