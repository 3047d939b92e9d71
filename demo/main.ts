/**
 * The main job on real input: the webhook over TLS, its patch for the Pods of examples/, these Pods run on this machine with
 * real installs and called over HTTP, and a Function with floating dependencies refused. `--keep` leaves the Functions up.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { V1Pod } from '@kubernetes/client-node';
import jsonPatch, { type Operation } from 'fast-json-patch';
import { DEFAULT_CONFIGURATION } from '../src/config/defaults.ts';
import type { AdmissionResponse } from '../src/admission/review.ts';
import { coloursFor } from '../src/cli/terminal.ts';
import { unifiedDiff } from '../src/manifests/diff.ts';
import { writeKubernetesYaml } from '../src/manifests/kubernetes-yaml.ts';
import { durationOf } from '../src/run/journal.ts';
import { startFunction, type RunningFunction } from './function.ts';
import { Phases } from './phases.ts';
import { startWebhook, type Webhook } from './webhook.ts';
import { readExample, type Example } from './workload.ts';

const { values: options } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
const { bold, cyan, dim, green, red } = coloursFor(process.stdout);
const NAMESPACE = 'default';
const phases = new Phases();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    stop.abort();
  });

const say = (text = ''): void => {
  process.stdout.write(`${text}\n`);
};
const title = (text: string): void => {
  say(`\n${bold(cyan(`== ${text}`))}`);
};

/** What each example must answer, so that a wrong answer fails the demo. */
const EXPECTED = {
  'hello-node': { path: '/?name=demo', has: ['Hello, demo, from hello-node!', '2026-01-08'] },
  'hello-python': { path: '/?name=demo', has: ['Hello, demo, from hello-python!', '123.5 million'] },
} as const;

const folder = await mkdtemp(path.join(tmpdir(), 'buildless-demo-'));
const running: RunningFunction[] = [];
let webhook: Webhook | undefined;
try {
  const names = Object.keys(EXPECTED) as (keyof typeof EXPECTED)[];
  title('The webhook, over TLS with a CA made for the occasion');
  webhook = await phases.time('webhook: certificates and start', () =>
    startWebhook(
      path.join(folder, 'certs'),
      [...names, 'floating'].map((name) => path.join('examples', name)),
    ),
  );
  say(`${webhook.url} is up`);

  for (const name of names) {
    const example = await readExample(name);
    const pod = await reviewed(webhook, name, example);
    running.push(await started(name, example, pod));
    await called(name, running.at(-1));
  }
  await refused(webhook, await readExample('floating'));

  if (options.keep && !stop.signal.aborted) {
    title('The Functions stay up; Ctrl-C ends them');
    for (const { name, url } of running) say(`curl '${url}?name=you'   ${dim(`# ${name}`)}`);
    await new Promise<void>((resolve) => {
      if (stop.signal.aborted) resolve();
      stop.signal.addEventListener('abort', () => {
        resolve();
      });
    });
  }
} catch (error) {
  process.exitCode = 1;
  say(red(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`));
} finally {
  for (const { stop: end } of running) await end();
  await webhook?.stop();
  await rm(folder, { recursive: true, force: true });
}
if (stop.signal.aborted && !options.keep) process.exitCode = 130;
summary();

/** Sends the Pod to /mutate, shows the patch as a diff, and has /validate judge the result, as an API server does. */
async function reviewed(to: Webhook, name: string, { pod }: Example): Promise<V1Pod> {
  title(`${name}: the AdmissionReview of its Pod, and the patch in the answer`);
  const mutated = await phases.time(`${name}: /mutate`, () => to.review('mutate', pod, NAMESPACE));
  for (const warning of mutated.warnings ?? []) say(`Warning: ${warning}`);
  if (!mutated.allowed || mutated.patch === undefined)
    throw new Error(`/mutate: ${mutated.status?.message ?? 'no patch'}`);
  const patched = applied(pod, mutated);
  process.stdout.write(unifiedDiff(`Pod of ${name}`, yaml(pod), yaml(patched), coloursFor(process.stdout)));
  const validated = await phases.time(`${name}: /validate`, () => to.review('validate', patched, NAMESPACE));
  for (const warning of validated.warnings ?? []) say(`Warning: ${warning}`);
  if (!validated.allowed) throw new Error(`/validate: ${validated.status?.message ?? 'refused'}`);
  say(green('allowed'));
  return patched;
}

function applied(pod: V1Pod, { patch = '' }: AdmissionResponse): V1Pod {
  const operations = JSON.parse(Buffer.from(patch, 'base64').toString()) as Operation[];
  return jsonPatch.applyPatch(structuredClone(pod), operations, true).newDocument;
}

function yaml(pod: V1Pod): string {
  return writeKubernetesYaml(JSON.parse(JSON.stringify(pod)) as Record<string, unknown>);
}

/** Runs the patched Pod on this machine. */
async function started(name: string, { documents }: Example, pod: V1Pod): Promise<RunningFunction> {
  title(`${name}: the patched Pod on this machine`);
  return startFunction({
    name,
    pod,
    documents,
    configuration: DEFAULT_CONFIGURATION,
    signal: stop.signal,
    output: process.stdout,
    onPhase: (phase, milliseconds, ok) => {
      phases.add({ name: `${name}: ${phase}`, milliseconds, ok });
    },
  });
}

async function called(name: keyof typeof EXPECTED, running: RunningFunction | undefined): Promise<void> {
  if (running === undefined) throw new Error(`${name} is not running`);
  const { path: query, has } = EXPECTED[name];
  const url = new URL(query, running.url).href;
  title(`${name}: GET ${url}`);
  const answer = await phases.time(`${name}: HTTP call`, async () => {
    const response = await fetch(url, { signal: stop.signal });
    return { status: response.status, text: await response.text() };
  });
  say(`${answer.status} ${answer.text}`);
  const missing = has.filter((part) => !answer.text.includes(part));
  if (answer.status !== 200 || missing.length > 0)
    throw new Error(`${name} answered something else than ${has.join(', ')}`);
}

/** A Pod whose package.json says "latest": the refusal as kubectl prints it. */
async function refused(by: Webhook, { file, pod }: Example): Promise<void> {
  title(`kubectl apply -f ${file}`);
  const mutated = await phases.time('floating: /mutate', () => by.review('mutate', pod, NAMESPACE));
  if (!mutated.allowed) throw new Error(`/mutate: ${mutated.status?.message ?? 'refused'}`);
  const validated = await phases.time('floating: /validate refuses it', async () => {
    const answer = await by.review('validate', applied(pod, mutated), NAMESPACE);
    if (answer.allowed) throw new Error('a Function with floating dependencies was allowed');
    return answer;
  });
  const { reason = '', message = '' } = validated.status ?? {};
  say(
    red(
      `Error from server (${reason}): error when creating "${file}": admission webhook "pods.validate.buildless.dev" denied the request: ${message}`,
    ),
  );
}

function summary(): void {
  title('Summary');
  const width = Math.max(...phases.done.map(({ name }) => name.length));
  for (const { name, milliseconds, ok } of phases.done) {
    say(`${ok ? green('ok    ') : red('FAILED')} ${name.padEnd(width)} ${durationOf(milliseconds).padStart(8)}`);
  }
}
