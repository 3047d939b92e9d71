/**
 * What webhooks of a Git host cost the controller: signed pushes of one repository, which a fifth of the Functions come from, each
 * from a folder of its own. The API server and the resolver answer at once, so that all that is measured is this process.
 *
 *   npm run bench -- pushes [--functions 5000] [--quick] [-o json]
 */
import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_CONFIGURATION } from '../src/config/defaults.ts';
import { startController } from '../src/control/controller.ts';
import { ControlMetrics } from '../src/control/metrics.ts';
import { answerPush } from '../src/control/push/answer.ts';
import { View } from '../src/control/view.ts';
import { NOTHING_DENIED } from '../src/denied/list.ts';
import type { Resolver } from '../src/resolve/resolver.ts';
import { createLogger } from '../src/server/logging.ts';
import { delays } from './measure/delays.ts';
import { benchOptions, benchValue } from './measure/options.ts';
import { print } from './measure/report.ts';
import { median, quantile } from './measure/statistics.ts';
import { clusterWith, quiet } from './pushes/cluster.ts';

const { quick, json } = benchOptions();
const FUNCTIONS = Number(benchValue('functions') ?? (quick ? 500 : 5000));
const SECONDS = quick ? 1 : 5;
const RATE = 100;
const SECRET = 'a secret of the host and of the installation';
const REPOSITORY = 'https://git.example/acme/shop.git';
/** As long as a remote takes to answer. */
const REMOTE_MILLISECONDS = 200;

let lookups = 0;
const unused = (): never => {
  throw new Error('nothing is resolved');
};
const resolver: Resolver = {
  lock: unused,
  releases: unused,
  files: unused,
  commit: async () => {
    lookups += 1;
    await delay(REMOTE_MILLISECONDS);
    return { commit: '1'.repeat(40) };
  },
};
const server = clusterWith(FUNCTIONS, (index) =>
  index % 5 === 0 ? `git+${REPOSITORY}?ref=main&dir=functions/${index}` : undefined,
);
const view = new View({ server, logger: quiet });
view.start();
while (!view.synced()) await delay(20);
const controller = startController({
  ...{ server, view, resolver, judge: unused, denied: () => NOTHING_DENIED, stampsOfPods: () => new Map() },
  ...{ configuration: () => DEFAULT_CONFIGURATION, metrics: new ControlMetrics({ version: 'bench' }), logger: quiet },
  instance: 'bench',
});
const settled = async (): Promise<void> => {
  for (let before = -1; before !== lookups;) {
    before = lookups;
    await delay(10 * REMOTE_MILLISECONDS);
  }
};
await settled();
const lookupsOfStart = lookups;

const body = Buffer.from(
  JSON.stringify({
    ref: 'refs/heads/main',
    repository: { clone_url: REPOSITORY },
    commits: Array.from({ length: 20 }, (_, index) => ({
      id: String(index).repeat(40).slice(0, 40),
      message: 'Change a function\n'.repeat(5),
      modified: Array.from({ length: 10 }, (_, file) => `functions/${index}/file-${file}.js`),
    })),
  }),
);
const headers = { 'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}` };
const logger = createLogger({ level: 'error' });
const followed: number[] = [];
const push = async (): Promise<number> => {
  const answer = await answerPush(
    {
      secrets: () => Promise.resolve([SECRET]),
      pushed: (pushed) => {
        const count = controller.pushed(pushed);
        followed.push(count);
        return count;
      },
      leaderAddress: () => undefined,
      logger,
    },
    headers,
    body,
  );
  return answer.status;
};

const loop = delays(5);
const cpuBefore = process.cpuUsage();
const one = performance.now();
if ((await push()) !== 202) throw new Error('the push was not taken');
const answered = performance.now() - one;
await settled();
const cpuOfOne = milliseconds(process.cpuUsage(cpuBefore));
const longestOfOne = loop.stop();
const lookupsOfOne = lookups - lookupsOfStart;

const before = lookups;
const times: number[] = [];
const loopOfMany = delays(5);
const cpuBeforeMany = process.cpuUsage();
const began = performance.now();
for (let sent = 0; sent < RATE * SECONDS; sent += 1) {
  const due = began + (sent * 1000) / RATE;
  if (performance.now() < due) await delay(due - performance.now());
  const started = performance.now();
  await push();
  times.push(performance.now() - started);
}
const cpuOfMany = milliseconds(process.cpuUsage(cpuBeforeMany));
const tookSeconds = (performance.now() - began) / 1000;
const longestOfMany = loopOfMany.stop();
await settled();
const lookupsOfMany = lookups - before;
if (followed.some((count) => count !== FUNCTIONS / 5)) throw new Error(`not all are followed: ${String(followed[0])}`);
await controller.stop();
await view.stop();

const figures = {
  functions: FUNCTIONS,
  followers: FUNCTIONS / 5,
  answeredMilliseconds: answered,
  cpuMillisecondsOfOne: cpuOfOne,
  longestOfOne,
  lookupsOfOne,
  sent: times.length,
  tookSeconds,
  medianMilliseconds: median(times),
  p99Milliseconds: quantile(times, 0.99),
  cpuShare: cpuOfMany / tookSeconds / 1000,
  longestOfMany,
  lookupsOfMany,
};
const ms = (value: number): string => `${value.toFixed(1)} ms`;
print(
  {
    tables: [
      {
        title: `Pushes of a repository that ${FUNCTIONS / 5} of ${FUNCTIONS} Functions come from`,
        columns: ['what', 'one push', `${RATE} a second for ${SECONDS} s`],
        rows: [
          ['until it is answered', ms(answered), `${ms(median(times))}, 99th percentile ${ms(quantile(times, 0.99))}`],
          ['CPU', ms(cpuOfOne), `${(figures.cpuShare * 100).toFixed(0)} % of a core`],
          ['longest wait of the event loop', ms(longestOfOne), ms(longestOfMany)],
          ['lookups of the remote', String(lookupsOfOne), String(lookupsOfMany)],
          ['pushes sent in', '', `${tookSeconds.toFixed(1)} s`],
        ],
      },
    ],
    notes: [],
    figures,
  },
  json,
);
process.exit(0);

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}
