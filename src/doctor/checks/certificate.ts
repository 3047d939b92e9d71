import { certificatesOf, trusts } from '../../certificates/bundle.ts';
import { PORTS } from '../../installation/names.ts';
import { failed, ok, skipped, type Check, type CheckResult, type Patient } from '../check.ts';
import { list, text } from '../../kubernetes/fields.ts';
import { podsOf } from '../pods.ts';
import { registered, type Entry } from '../registered.ts';
import { servedBy, servedThrough, type Served } from '../served.ts';

const CHECK = 'Certificate';
const HEAL =
  'wait a few seconds, as the webhook writes it; else read the log of its Pods for "cannot be kept up to date"';

/** The caBundle of every entry, on its own and against what the webhook serves. */
export const certificate: Check = async (patient) => {
  const entries = (await registered(patient)).flatMap((configuration) => configuration.entries);
  if (entries.length === 0) return [];
  const now = new Date();
  const results = entries.flatMap(({ name, caBundle }): readonly CheckResult[] => {
    const all = certificatesOf(caBundle);
    if (all.length === 0) return [failed(CHECK, `${name} has no caBundle, or one that does not parse`, HEAL)];
    const valid = all.filter(({ validTo }) => now < new Date(validTo));
    return valid.length === 0 ? [failed(CHECK, `every CA in the caBundle of ${name} has expired`, HEAL)] : [];
  });
  if (results.length > 0) return results;
  return [ok(CHECK, `every caBundle has a valid CA`), ...(await compare(patient, entries, now))];
};

async function compare(patient: Patient, entries: readonly Entry[], now: Date): Promise<readonly CheckResult[]> {
  const served = await look(patient, entries);
  if (served.length === 0) {
    return [skipped(CHECK, 'no replica runs, so none can be asked for its certificate', 'see the replicas first')];
  }
  return served.map(({ where, answer }) => {
    if ('problem' in answer) {
      return skipped(
        CHECK,
        `${where} cannot be asked for its certificate (${answer.problem})`,
        'allow pods/portforward to yourself; the dry-run Function shows the same from inside of the cluster',
      );
    }
    const { cert, notAfter } = answer;
    const against = entries.filter(({ caBundle }) => !trusts(caBundle, { cert }, now)).map(({ name }) => name);
    if (against.length > 0) return failed(CHECK, `${where} serves what ${against.join(', ')} would not trust`, HEAL);
    if (now >= notAfter) return failed(CHECK, `the certificate of ${where} has expired`, HEAL);
    return ok(CHECK, `every caBundle trusts what ${where} serves, until ${notAfter.toISOString()}`);
  });
}

/** At the URL if there is one, else at each Pod by a port-forward. */
async function look(
  patient: Patient,
  entries: readonly Entry[],
): Promise<readonly { readonly where: string; readonly answer: Served }[]> {
  const urls = new Set(entries.map(({ object }) => text(object, 'clientConfig', 'url')).filter((url) => url !== ''));
  if (urls.size > 0) {
    const origins = new Set([...urls].map((url) => new URL(url).origin));
    return Promise.all(
      [...origins].map(async (origin) => ({ where: origin, answer: await servedBy(new URL(origin)) })),
    );
  }
  const pods = await podsOf(patient);
  return Promise.all(
    pods.map(async (pod) => {
      const name = text(pod, 'metadata', 'name');
      return { where: `Pod ${name}`, answer: await servedThrough(() => patient.openPod(name, portOf(pod))) };
    }),
  );
}

function portOf(pod: unknown): number {
  const ports = list(pod, 'spec', 'containers').flatMap((container) => list(container, 'ports'));
  const port = ports.find((each) => text(each, 'name') === 'webhook');
  const found = typeof port === 'object' && port !== null && 'containerPort' in port ? port.containerPort : undefined;
  return typeof found === 'number' ? found : PORTS.tls;
}
