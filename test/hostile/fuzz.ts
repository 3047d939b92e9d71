/**
 * A mutation fuzzer of the webhook: `fuzz.ts [--minutes N] [--seconds N] [--seed N]`. Reviews of Pods, Deployments and ConfigMaps are changed in their
 * structure or in their bytes and sent over TLS to `buildless serve` as it ships. It fails for an answer 500, an end of the
 * process, memory that grows, a patch that does not apply, and a patched Pod that is patched again; it prints the seed, with
 * which the same reviews come again.
 */
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import jsonPatch, { type Operation } from 'fast-json-patch';
import { startBuildless } from '../../bench/admission/buildless.ts';
import { createAuthority } from '../../src/certificates/authority.ts';
import { isJsonObject } from '../../src/json/object.ts';
import { ask } from '../server/client.ts';
import { fullPod } from './pods.ts';
import { configMapReview, deploymentReview, podReview } from './reviews.ts';
import { largestLock } from './largest-lock.ts';
import { random, type Random } from './random.ts';
import { mutateBytes, mutateStructure } from './mutations.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seconds: { type: 'string' }, seed: { type: 'string' } },
});
const seconds = values.seconds === undefined ? Number(values.minutes ?? 1) * 60 : Number(values.seconds);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
/** Of the process, from after its first thousand reviews on. Heaps breathe. */
const MOST_GROWTH_MEGABYTES = 120;
const WARM_UP_REVIEWS = 1000;

const BASES: readonly (() => string)[] = [
  () => podReview(fullPod),
  () =>
    podReview({ ...fullPod, metadata: { ...fullPod.metadata, annotations: { 'buildless.dev/runtime': 'python312' } } }),
  () => deploymentReview(fullPod),
  () => configMapReview(largestLock(20, 'p')),
  () =>
    configMapReview({
      'handler.py': '',
      'requirements.txt': `requests==2.32.3 --hash=sha256:${'0'.repeat(64)}\n-r more.txt\n`,
      'more.txt': "flask>=3,<4 ; python_version >= '3.9'\n",
      'pyproject.toml': '[project]\nname = "a"\nversion = "1"\ndependencies = ["b"]\n',
    }),
  () =>
    configMapReview({
      'package.json': '{"dependencies":{"a":"^1"},"overrides":{"b@1":{".":"2"}}}',
      '.npmrc': 'registry=x\n',
    }),
];

interface Failure {
  readonly what: string;
  readonly body: string;
}

const failures: Failure[] = [];
const outcomes = new Map<string, number>();
let slowest = { milliseconds: 0, bytes: 0 };
let sent = 0;
let patches = 0;
let settled = 0;

const folder = mkdtempSync(path.join(tmpdir(), 'buildless-fuzz-'));
const authority = await createAuthority({ commonName: 'Fuzz CA', seconds: 86_400 });
const leaf = await authority.issue({ hosts: ['localhost', '127.0.0.1'], seconds: 86_400 });
const files = { certFile: path.join(folder, 'tls.crt'), keyFile: path.join(folder, 'tls.key') };
writeFileSync(files.certFile, leaf.cert);
writeFileSync(files.keyFile, leaf.key);
writeFileSync(
  path.join(folder, 'function.yaml'),
  'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: hello, namespace: shop }\ndata: { handler.js: "", handler.py: "" }\n',
);
const server = await startBuildless(files, folder, { sources: ['--manifests', path.join(folder, 'function.yaml')] });
let ended = false;
server.process.child.once('exit', () => (ended = true));
const agent = new https.Agent({ keepAlive: true, maxSockets: 4 });

try {
  const end = performance.now() + seconds * 1000;
  await Promise.all([0, 1, 2, 3].map((worker) => attack(random(seed + worker), end)));
} finally {
  const grown = server.process.megabytes() - settled;
  if (settled > 0 && grown > MOST_GROWTH_MEGABYTES)
    failures.push({ what: `memory grew by ${grown.toFixed(0)} MB`, body: '' });
  agent.destroy();
  await server.stop();
  for (const fault of faultsIn(readFileSync(path.join(folder, 'buildless.log'), 'utf8')))
    process.stdout.write(`in the log: ${fault}\n`);
  rmSync(folder, { recursive: true });
}
const counted = [...outcomes].map(([outcome, count]) => `${outcome} ${count}`).join(', ');
process.stdout.write(
  `seed ${seed}: ${sent} reviews (${counted}), ${patches} patches; slowest ${slowest.milliseconds.toFixed(0)} ms for ${slowest.bytes} bytes\n`,
);
for (const { what, body } of failures.slice(0, 10)) process.stdout.write(`FAILED: ${what}\n  ${body.slice(0, 2000)}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** The distinct traces that the webhook logged. */
function faultsIn(log: string): readonly string[] {
  const traces = log.split('\n').flatMap((line): string[] => {
    if (!line.includes('"level":"error"')) return [];
    const logged: unknown = JSON.parse(line);
    const error = isJsonObject(logged) && isJsonObject(logged.err) ? logged.err : {};
    return typeof error.stack === 'string' ? [error.stack.split('\n').slice(0, 6).join('\n')] : [];
  });
  return [...new Set(traces)].slice(0, 10);
}

async function attack(next: Random, end: number): Promise<void> {
  while (performance.now() < end && !ended && failures.length < 10) {
    const base = BASES[next.below(BASES.length)] ?? (() => podReview(fullPod));
    const body =
      next.below(4) === 0 ? mutateBytes(Buffer.from(base()), next) : Buffer.from(mutateStructure(base(), next));
    const webhook = next.below(3) === 0 ? '/validate' : '/mutate';
    const answer = await send(webhook, body);
    if (webhook === '/mutate' && answer !== undefined) await checkPatch(body, answer);
  }
  if (ended) failures.push({ what: 'the process ended', body: '' });
}

/** @returns the response of the review; undefined where it was none */
async function send(webhook: string, body: Buffer): Promise<Readonly<Record<string, unknown>> | undefined> {
  const started = performance.now();
  const answered = await ask({ port: server.port, ca: authority.cert, agent, path: webhook, body }).catch(
    (error: unknown) => String(error),
  );
  if (typeof answered === 'string') {
    failures.push({ what: `${webhook}, ${body.length} bytes: ${answered}`, body: body.toString('latin1') });
    return undefined;
  }
  const { status, text } = answered;
  const milliseconds = performance.now() - started;
  if (milliseconds > slowest.milliseconds) slowest = { milliseconds, bytes: body.length };
  sent += 1;
  if (sent === WARM_UP_REVIEWS) settled = server.process.megabytes();
  outcomes.set(String(status), (outcomes.get(String(status)) ?? 0) + 1);
  if (status >= 500) failures.push({ what: `${webhook} answered ${status}: ${text}`, body: body.toString('latin1') });
  if (status !== 200) return undefined;
  const answer: unknown = JSON.parse(text);
  const response = isJsonObject(answer) && isJsonObject(answer.response) ? answer.response : undefined;
  if (response === undefined)
    failures.push({ what: `an answer without a response: ${text}`, body: body.toString('latin1') });
  return response;
}

/** The patch applies to the object, and the patched object is not patched again. */
async function checkPatch(body: Buffer, { patch }: Readonly<Record<string, unknown>>): Promise<void> {
  if (typeof patch !== 'string') return;
  patches += 1;
  const fail = (what: string): void => {
    failures.push({ what, body: body.toString('latin1') });
  };
  const review: unknown = JSON.parse(body.toString('utf8'));
  if (!isJsonObject(review) || !isJsonObject(review.request)) return;
  const operations = JSON.parse(Buffer.from(patch, 'base64').toString('utf8')) as Operation[];
  let patched: unknown;
  try {
    patched = jsonPatch.applyPatch(structuredClone(review.request.object), operations, true).newDocument;
  } catch (error) {
    fail(`a patch does not apply: ${String(error).slice(0, 300)}`);
    return;
  }
  const again = await send(
    '/mutate',
    Buffer.from(JSON.stringify({ ...review, request: { ...review.request, object: patched } })),
  );
  if (typeof again?.patch === 'string') {
    const more = JSON.parse(Buffer.from(again.patch, 'base64').toString('utf8')) as Operation[];
    const after = jsonPatch.applyPatch(structuredClone(patched), more, true).newDocument;
    if (!isDeepStrictEqual(after, patched))
      fail(`a patched Pod is patched again: ${JSON.stringify(more).slice(0, 500)}`);
  }
}
