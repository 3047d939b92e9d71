import { createServer, type Server } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseReview, passedOn } from '../../src/admission/review.ts';
import { ApiError } from '../../src/api-server/api-server.ts';
import { followOtherVersions } from '../../src/api-server/other-versions.ts';
import { createAuthority, type Authority, type Leaf } from '../../src/certificates/authority.ts';
import type { OtherVersions } from '../../src/admission/other-versions.ts';
import { requestFor } from '../admission/review-of.ts';

const PODS = '/api/v1/namespaces/buildless-system/pods';
const SERVICE = 'buildless-webhook.buildless-system.svc';
const request = requestFor({ metadata: { name: 'hello' } }, { name: 'hello', dryRun: true });

const pod = (image: string, more: object = {}, port = 10250): object => ({
  metadata: { name: image },
  spec: {
    containers: [
      {
        name: 'webhook',
        image,
        ports: [
          { name: 'plain', containerPort: 1 },
          { name: 'webhook', containerPort: port },
        ],
      },
      { name: 'sidecar', image: 'other:1' },
    ],
  },
  status: { phase: 'Running', podIP: '127.0.0.2' },
  ...more,
});
/** Of a replica with an address of this machine, as this process has it; the others are on one that no interface is listed with. */
const own = (image: string): object => pod(image, { status: { phase: 'Running', podIP: '127.0.0.1' } });

interface Followed {
  readonly others: OtherVersions;
  /** How often Pods were asked for. */
  readonly asked: () => number;
  readonly wait: (milliseconds: number) => void;
  readonly warnings: readonly object[];
}

/** With these Pods, and this registration in the API server. */
function among(
  pods: () => readonly object[] | Error,
  registration: () => unknown = () => ({}),
  deadlineMilliseconds = 20_000,
): Followed {
  let [asked, now] = [0, 0];
  const warnings: object[] = [];
  const get = (path: string, query?: Readonly<Record<string, string>>): Promise<unknown> => {
    if (path !== PODS) {
      expect(path).toBe('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/buildless');
      return Promise.resolve(registration());
    }
    asked += 1;
    expect(query).toEqual({ labelSelector: 'app.kubernetes.io/name=buildless,app.kubernetes.io/component=webhook' });
    const items = pods();
    return items instanceof Error ? Promise.reject(items) : Promise.resolve({ items });
  };
  const logger = { warn: (fields: object) => void warnings.push(fields) };
  const options = { server: { get }, logger, ended: new AbortController().signal, deadlineMilliseconds };
  const others = followOtherVersions(options, 'buildless-system', () => now);
  return { others, asked: () => asked, wait: (milliseconds) => (now += milliseconds), warnings };
}

describe('whether replicas of another version serve', () => {
  it.each([
    ['one image', [pod('a:1'), pod('a:1')], false],
    ['two images', [own('a:1'), pod('a:2')], true],
    [
      'a Pod that is about to end',
      [own('a:1'), pod('a:2', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } })],
      true,
    ],
    ['a new one that does not run yet', [pod('a:1'), pod('a:2', { status: { phase: 'Pending' } })], false],
    ['no Pods', [], false],
  ])('%s: %j', async (_what, pods, expected) => {
    expect(await among(() => pods).others.serve()).toBe(expected);
  });

  it('is asked for once a second during an upgrade, and each time otherwise', async () => {
    let pods = [own('a:1'), pod('a:2')];
    const { others, asked, wait } = among(() => pods);
    // The first time when it began.
    expect([await others.serve(), await others.serve()]).toEqual([true, true]);
    expect(asked()).toBe(2);
    pods = [pod('a:2')];
    wait(1001);
    expect([await others.serve(), await others.serve()]).toEqual([false, false]);
    expect(asked()).toBe(4);
  });

  it('is no without the right to list Pods', async () => {
    const { others } = among(() => new ApiError(403, 'forbidden'));
    expect(await others.serve()).toBe(false);
    expect(await others.admit(request, '0.1.0')).toBe(false);
  });
});

describe('after the right to list Pods was lost, as the rights of version 0.1.0 have it not', () => {
  it('a Pod of this version, and of no other, passes for ten minutes', async () => {
    let pods: readonly object[] | Error = [pod('a:2')];
    const { others, wait } = among(() => pods);
    expect(await others.serve()).toBe(false);
    pods = new ApiError(403, 'forbidden');
    expect(await others.serve()).toBe(true);
    expect([await others.admit(request, '0.1.0'), await others.admit(request, '0.1.1')]).toEqual([true, false]);
    wait(599_000);
    expect(await others.admit(request, '0.1.0')).toBe(true);
    wait(2000);
    expect(await others.admit(request, '0.1.0')).toBe(false);
    expect(await others.serve()).toBe(false);
  });
});

describe('a replica of another version', () => {
  let authority: Authority;
  let leaf: Leaf;
  const servers = new Set<Server>();
  beforeAll(async () => {
    authority = await createAuthority({ commonName: 'Test CA', seconds: 3600 });
    leaf = await authority.issue({ hosts: [SERVICE], seconds: 3600 });
  });
  afterEach(() => {
    for (const server of servers) server.close().closeAllConnections();
    servers.clear();
  });

  const registered = (ca = authority.cert): object => ({
    webhooks: [
      {
        clientConfig: {
          caBundle: Buffer.from(ca).toString('base64'),
          service: { name: 'buildless-webhook', namespace: 'buildless-system', path: '/validate' },
        },
      },
    ],
  });
  /** @returns its Pod, and the bodies that it was asked with */
  const replicaThat = async (
    answers: (body: string) => string | Promise<string>,
    { image = 'a:2', cert = leaf.cert, key = leaf.key, status = 200 } = {},
  ): Promise<{ readonly pod: object; readonly bodies: readonly string[] }> => {
    const bodies: string[] = [];
    const server = createServer({ cert, key }, (incoming, response) => {
      void text(incoming).then(async (body) => {
        bodies.push(`${incoming.method ?? ''} ${incoming.url ?? ''} ${body}`);
        response.statusCode = status;
        response.end(await answers(body));
      });
    });
    servers.add(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve));
    const address = server.address();
    return { pod: pod(image, {}, typeof address === 'object' ? (address?.port ?? 0) : 0), bodies };
  };
  const allowing = (allowed: boolean, uid = request.uid): string => JSON.stringify({ response: { uid, allowed } });

  it.each([true, false])('is asked whether it admits the Pod, and says %s', async (allowed) => {
    const { pod: replica, bodies } = await replicaThat(() => allowing(allowed));
    const { others } = among(() => [own('a:1'), replica], registered);
    expect(await others.admit(request, 'any')).toBe(allowed);
    expect(bodies).toEqual([`POST /validate ${JSON.stringify(passedOn(request))}`]);
  });

  it('gets the request as the API server sent it, and asks nobody in turn', async () => {
    const { pod: replica, bodies } = await replicaThat(() => allowing(true));
    const { others } = among(() => [own('a:1'), replica], registered);
    const parsed = parseReview(passedOn(request));
    expect(parsed).toEqual({ request: { ...request, passedOn: true } });
    if ('request' in parsed) expect(await others.admit(parsed.request, 'any')).toBe(false);
    expect(bodies).toEqual([]);
  });

  it('of one of three versions is enough', async () => {
    const [refusing, admitting] = [
      await replicaThat(() => allowing(false), { image: 'a:2' }),
      await replicaThat(() => allowing(true), { image: 'a:3' }),
    ];
    const { others } = among(() => [own('a:1'), refusing.pod, admitting.pod], registered);
    expect(await others.admit(request, 'any')).toBe(true);
  });

  it('that is gone is followed by the next of its version', async () => {
    const gone = await replicaThat(() => '');
    const next = await replicaThat(() => allowing(true));
    for (const server of servers) if (gone.bodies.length === 0) server.close();
    servers.clear();
    const alive = await replicaThat(() => allowing(true));
    const { others, warnings } = among(() => [own('a:1'), gone.pod, next.pod, alive.pod], registered);
    expect(await others.admit(request, 'any')).toBe(true);
    expect(warnings).toHaveLength(2);
  });

  it.each<[string, (other: Authority) => Promise<Parameters<typeof replicaThat>>, RegExp]>([
    [
      'of another CA',
      async (other) => [() => allowing(true), await other.issue({ hosts: [SERVICE], seconds: 60 })],
      /unable to verify/,
    ],
    [
      'with a certificate for another name',
      async () => [() => allowing(true), await authority.issue({ hosts: ['other.svc'], seconds: 60 })],
      /does not match/,
    ],
    ['that fails', () => Promise.resolve([() => allowing(true), { status: 500 }]), /status 500/],
    ['that says something else', () => Promise.resolve([() => 'yes']), /JSON/],
    ['that says too much', () => Promise.resolve([() => allowing(true).padEnd(300_000)]), /larger than/],
  ])('%s admits nothing, and the log says why', async (_what, made, reason) => {
    const other = await createAuthority({ commonName: 'Other CA', seconds: 3600 });
    const { pod: replica } = await replicaThat(...(await made(other)));
    const { others, warnings } = among(() => [own('a:1'), replica], registered);
    expect(await others.admit(request, 'any')).toBe(false);
    expect(JSON.stringify(warnings)).toMatch(reason);
  });

  it('that is silent admits nothing', async () => {
    const { pod: replica } = await replicaThat(() => delay(60_000, '', { ref: false }));
    const { others, warnings } = among(() => [own('a:1'), replica], registered, 500);
    expect(await others.admit(request, 'any')).toBe(false);
    expect(JSON.stringify(warnings)).toContain('no answer within 0.5 s');
  });

  it('that answers another review admits nothing', async () => {
    const { pod: replica } = await replicaThat(() => allowing(true, 'another'));
    expect(await among(() => [own('a:1'), replica], registered).others.admit(request, 'any')).toBe(false);
  });

  it('is not asked before the API server has a CA to trust it by', async () => {
    const { pod: replica, bodies } = await replicaThat(() => allowing(true));
    expect(
      await among(
        () => [own('a:1'), replica],
        () => registered(''),
      ).others.admit(request, 'any'),
    ).toBe(false);
    expect(bodies).toEqual([]);
  });
});
