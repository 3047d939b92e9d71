import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { injectPod } from '../../src/admission/mutate.ts';
import { createMutate } from '../../src/admission/mutate.ts';
import type { ReviewContext } from '../../src/admission/review-context.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { STATUS_ANNOTATION } from '../../src/function/keys.ts';
import { replica, requestFor, sourceOf, contextWith } from './review-of.ts';

const source = sourceOf({ 'handler.js': 'exports.main = () => 1;', 'package.json': '{"dependencies":{"ms":"2.1.3"}}' });
const context = contextWith({ source });
const locked = contextWith({ source, labels: { 'buildless.dev/dependencies-enforce': 'locked' } });

const proxied = contextWith({
  source,
  configuration: {
    ...DEFAULT_CONFIGURATION,
    proxy: { httpProxy: 'http://proxy:3128', httpsProxy: 'http://proxy:3128', noProxy: ['.svc'] },
  },
});

const full = {
  ...replica,
  metadata: { ...replica.metadata, annotations: { ...replica.metadata.annotations, 'buildless.dev/registry': 'npm' } },
};

async function injectedBy(given: ReviewContext, pod: V1Pod = full): Promise<V1Pod> {
  const injection = await injectPod(pod, 'default', given);
  if (injection.outcome !== 'injected') throw new Error(JSON.stringify(injection));
  return JSON.parse(JSON.stringify(injection.pod)) as V1Pod;
}

/** What both webhooks make of a Pod: `ok`, or the codes of each. */
async function answers(pod: object, given: ReviewContext = context): Promise<string> {
  const mutated = await createMutate(given)(requestFor(pod));
  const validated = await createValidate(given)(requestFor(pod));
  expect(mutated.response.allowed).toBe(validated.response.allowed);
  if (validated.response.allowed) return mutated.response.patch === undefined ? 'ok' : 'patched';
  return [...new Set([...mutated.codes, ...validated.codes])].join(' ');
}

const edited = (pod: V1Pod, edit: (pod: V1Pod) => void): V1Pod => {
  const copy = structuredClone(pod);
  edit(copy);
  return copy;
};
const init = (pod: V1Pod, name: string): V1Container => {
  const found = pod.spec?.initContainers?.find((container) => container.name === name);
  if (found === undefined) throw new Error(`${name} is missing`);
  return found;
};
const main = (pod: V1Pod): V1Container => {
  const found = pod.spec?.containers[0];
  if (found === undefined) throw new Error('no container');
  return found;
};

describe('a Pod that carries an injection', () => {
  let injected: V1Pod;
  beforeAll(async () => {
    injected = await injectedBy(context);
  });

  it('passes both webhooks as it is when the injection is the one that it would get now', async () => {
    expect(await answers(injected)).toBe('ok');
  });

  it('is refused in a namespace whose level is stricter than the one that it was injected for', async () => {
    const { response } = await createValidate(locked)(requestFor(injected));
    expect(response.status?.message).toContain(
      'spec.initContainers[0].args[6]: it is "--level=no-latest", and the injection makes it "--level=locked"',
    );
    expect(response.status?.message).toContain('apply the template as it was before the injection');
  });

  it('may have been injected for a level that is stricter', async () => {
    const strict = contextWith({
      source,
      configuration: {
        ...DEFAULT_CONFIGURATION,
        dependencies: { ...DEFAULT_CONFIGURATION.dependencies, enforce: 'exact' },
      },
    });
    expect(await answers(await injectedBy(strict))).toBe('ok');
  });

  it('of another version is refused with the version that renders it again', async () => {
    const other = edited(injected, (pod) => {
      const annotations = pod.metadata?.annotations ?? {};
      annotations[STATUS_ANNOTATION] = (annotations[STATUS_ANNOTATION] ?? '').replace('0.0.0-source', '0.0.1');
    });
    const { response, codes } = await createValidate(context)(requestFor(other));
    expect(codes).toEqual(['injected-otherwise']);
    expect(response.status?.message).toContain('injected by Buildless 0.0.1, and this is 0.0.0-source');
    expect(await answers(other)).toBe('injected-otherwise');
  });

  describe('of another version, while replicas of that version serve', () => {
    /** Of reviews that were passed on: what is said of the version, and the Pod. */
    const asked: string[] = [];
    const upgrading = (admits: () => boolean, of: ReviewContext = context): ReviewContext => ({
      ...of,
      otherVersions: {
        serve: () => Promise.resolve(true),
        admit: ({ object }, version) => {
          asked.push(`${version} ${JSON.stringify(object)}`);
          return Promise.resolve(admits());
        },
      },
    });
    const ofOther = (edit: (pod: V1Pod) => void = () => undefined): V1Pod =>
      edited(injected, (pod) => {
        const annotations = pod.metadata?.annotations ?? {};
        annotations[STATUS_ANNOTATION] = (annotations[STATUS_ANNOTATION] ?? '').replace('0.0.0-source', '0.0.1');
        Object.assign(init(pod, 'buildless-prepare'), { image: 'ghcr.io/buildless-dev/buildless:0.0.1' });
        edit(pod);
      });
    const verdictOn = async (pod: V1Pod, given: ReviewContext): Promise<string> => {
      const mutated = await createMutate(given)(requestFor(pod));
      // It is the other half that decides.
      expect(mutated.response).toEqual({ uid: mutated.response.uid, allowed: true });
      const { response, codes } = await createValidate(given)(requestFor(pod));
      return response.allowed ? 'ok' : codes.join(' ');
    };
    beforeEach(() => {
      asked.length = 0;
    });

    it.each([
      [true, 'ok'],
      [false, 'injected-otherwise'],
    ])('is what a replica of that version says: admitted %s, %s', async (admits, verdict) => {
      const pod = ofOther();
      expect(
        await verdictOn(
          pod,
          upgrading(() => admits),
        ),
      ).toBe(verdict);
      expect(asked).toEqual([`0.0.1 ${JSON.stringify(pod)}`]);
    });

    it('is asked for again each time: nothing of it is remembered', async () => {
      let admits = true;
      const validate = createValidate(upgrading(() => admits));
      const allowed = async (): Promise<boolean> => (await validate(requestFor(ofOther()))).response.allowed;
      expect([await allowed(), await allowed()]).toEqual([true, true]);
      expect(asked).toHaveLength(2);
      admits = false;
      expect(await allowed()).toBe(false);
    });

    it('is refused without a question if something of the injection is missing', async () => {
      const pod = ofOther(({ spec }) => void spec?.volumes?.pop());
      expect(
        await answers(
          pod,
          upgrading(() => true),
        ),
      ).toBe('injected-otherwise');
      expect(asked).toEqual([]);
    });

    it('has its dependencies judged here as well', async () => {
      const floating = contextWith({ source: sourceOf({ 'package.json': '{"dependencies":{"ms":"latest"}}' }) });
      const given = upgrading(() => true, floating);
      expect(await verdictOn(ofOther(), given)).toBe('dependencies-float');
    });
  });

  describe('in a cluster whose configuration names proxies', () => {
    const proxiedPod = async (edit: (container: V1Container) => void): Promise<string> =>
      await answers(
        edited(await injectedBy(proxied), (pod) => {
          edit(init(pod, 'buildless-prepare'));
        }),
        proxied,
      );

    it.each([
      ['as it is', () => undefined, 'ok'],
      ['without the proxies', ({ env }: V1Container) => env?.splice(1), 'injected-otherwise'],
      [
        'with another proxy behind ours, which would count',
        ({ env }: V1Container) => env?.push({ name: 'HTTPS_PROXY', value: 'http://other:1' }),
        'injected-otherwise',
      ],
      [
        'with variables of a platform that ours have not',
        ({ env }: V1Container) => env?.push({ name: 'AWS_REGION', value: 'eu-north-1' }),
        'ok',
      ],
    ])('%s: %s', async (_what, edit, verdict) => {
      expect(await proxiedPod(edit)).toBe(verdict);
    });

    it('a Pod that was injected before they were named is refused, as it would not reach a registry', async () => {
      expect(await answers(await injectedBy(context), proxied)).toBe('injected-otherwise');
    });
  });

  it('for other files than the source has now is refused, and tells controllers to go on', async () => {
    const changed = contextWith({ source: sourceOf({ 'handler.js': 'exports.main = () => 2;' }) });
    const { response } = await createValidate(changed)(requestFor(injected));
    expect(response.status?.message).toContain('injected for other files of configmap:hello than it has now');
  });

  const forged = (spec: object): object => ({
    ...replica,
    metadata: { ...replica.metadata, annotations: { ...replica.metadata.annotations, [STATUS_ANNOTATION]: '' } },
    spec,
  });
  it.each([
    ['no status at all', ''],
    ['a status of nothing', '{}'],
  ])('of its own making is refused: %s', async (_what, status) => {
    const pod = forged({ containers: [{ name: 'function', image: 'node:22.1.0', command: ['npx', 'evil@latest'] }] });
    const withStatus = edited(pod, ({ metadata }) => {
      if (metadata?.annotations !== undefined) metadata.annotations[STATUS_ANNOTATION] = status;
    });
    expect(await answers(withStatus)).toBe('reserved-name');
  });

  it('of its own making is refused where the status names what is there', async () => {
    const pod = edited(injected, ({ spec }) => {
      if (spec === undefined) return;
      spec.containers = [
        {
          name: 'function',
          image: 'node:22.1.0',
          securityContext: { privileged: true },
          volumeMounts: [{ name: 'host', mountPath: '/host' }],
        },
      ];
      spec.volumes = [...(spec.volumes ?? []), { name: 'host', hostPath: { path: '/' } }];
      spec.initContainers = [
        { name: 'buildless-prepare', image: 'node:22.1.0', command: ['npm', 'install', 'express@latest'] },
        { name: 'buildless-install', image: 'node:22.1.0', command: ['true'] },
      ];
    });
    expect(await answers(pod)).toBe('security-contradiction');
  });

  const EDITS: readonly (readonly [string, (pod: V1Pod) => void])[] = [
    ['the image of an init container', (pod) => (init(pod, 'buildless-prepare').image = 'evil:1.0.0')],
    ['its command', (pod) => (init(pod, 'buildless-prepare').command = ['node', '/tmp/evil.mjs'])],
    ['an argument more', (pod) => init(pod, 'buildless-install').args?.push('--allow-scripts')],
    ['an argument less', (pod) => init(pod, 'buildless-prepare').args?.pop()],
    [
      'a variable that node reads',
      (pod) => init(pod, 'buildless-prepare').env?.push({ name: 'NODE_OPTIONS', value: '' }),
    ],
    ['HOME a second time', (pod) => init(pod, 'buildless-install').env?.push({ name: 'HOME', value: '/evil' })],
    ['envFrom', (pod) => (init(pod, 'buildless-install').envFrom = [{ configMapRef: { name: 'evil' } }])],
    [
      'a mount over the programs',
      (pod) => init(pod, 'buildless-prepare').volumeMounts?.push({ name: 'v', mountPath: '/opt/buildless' }),
    ],
    [
      'a mount that climbs out of where tokens are',
      (pod) =>
        init(pod, 'buildless-prepare').volumeMounts?.push({ name: 'v', mountPath: '/var/run/secrets/a/../../../usr' }),
    ],
    [
      "a mount of Kubernetes' own token",
      (pod) =>
        init(pod, 'buildless-install').volumeMounts?.push({
          name: 'kube-api-access-aaaaa',
          mountPath: '/var/run/secrets/kubernetes.io/serviceaccount/',
        }),
    ],
    ['a mount less', (pod) => init(pod, 'buildless-install').volumeMounts?.pop()],
    ['where its message goes', (pod) => (init(pod, 'buildless-prepare').terminationMessagePath = '/buildless/x')],
    ['its working directory', (pod) => (init(pod, 'buildless-install').workingDir = '/buildless-source')],
    ['a sidecar of it', (pod) => (init(pod, 'buildless-install').restartPolicy = 'Always')],
    ['its user', (pod) => Object.assign(init(pod, 'buildless-install').securityContext ?? {}, { runAsUser: 0 })],
    [
      'its capabilities',
      (pod) => Object.assign(init(pod, 'buildless-install').securityContext ?? {}, { capabilities: {} }),
    ],
    [
      'devices for it',
      (pod) => Object.assign(init(pod, 'buildless-install'), { resources: { claims: [{ name: 'gpu' }] } }),
    ],
    ['the order of the two', (pod) => pod.spec?.initContainers?.reverse()],
    ['a third one', (pod) => pod.spec?.initContainers?.push({ name: 'buildless-more', image: 'a:1.0.0' })],
    [
      'a volume of another kind',
      (pod) => {
        const volumes = pod.spec?.volumes ?? [];
        volumes.splice(0, 1, { name: 'buildless-app', hostPath: { path: '/var/lib' } });
      },
    ],
    ['a larger volume', (pod) => Object.assign(pod.spec?.volumes?.[0]?.emptyDir ?? {}, { sizeLimit: '1Ti' })],
    ['another ConfigMap', (pod) => Object.assign(pod.spec?.volumes?.[2]?.configMap ?? {}, { name: 'other' })],
    ['a volume more', (pod) => pod.spec?.volumes?.push({ name: 'buildless-cache', emptyDir: {} })],
    ['a volume of a name that is reserved', (pod) => pod.spec?.volumes?.push({ name: 'buildless-x', emptyDir: {} })],
    ['code that can be written', (pod) => delete main(pod).volumeMounts?.[0]?.readOnly],
    ['the code of a folder', (pod) => Object.assign(main(pod).volumeMounts?.[0] ?? {}, { subPath: 'function' })],
    ['no code at all', (pod) => main(pod).volumeMounts?.shift()],
    [
      "the registry's Secret for the Function",
      (pod) => main(pod).volumeMounts?.push({ name: 'buildless-registry', mountPath: '/secret' }),
    ],
    ['the code mounted twice', (pod) => main(pod).volumeMounts?.push({ name: 'buildless-app', mountPath: '/mine' })],
    ['its command', (pod) => (main(pod).command = ['npx', 'evil@latest'])],
    ['arguments', (pod) => (main(pod).args = ['--inspect'])],
    ['a variable less', (pod) => main(pod).env?.shift()],
    ['a root file system that can be written', (pod) => delete main(pod).securityContext?.readOnlyRootFilesystem],
    [
      'our volume for a sidecar',
      (pod) =>
        pod.spec?.containers.push({
          name: 'spy',
          image: 'spy:1.0.0',
          volumeMounts: [{ name: 'buildless-registry', mountPath: '/secret' }],
        }),
    ],
    ['its annotations', (pod) => Object.assign(pod.metadata?.annotations ?? {}, { 'buildless.dev/registry': 'other' })],
    ['its label', (pod) => Object.assign(pod.metadata?.labels ?? {}, { 'buildless.dev/function': 'other' })],
    [
      'scripts that are allowed since',
      (pod) => Object.assign(pod.metadata?.annotations ?? {}, { 'buildless.dev/install-scripts': 'allow' }),
    ],
  ];
  it.each(EDITS)('and was edited since is refused: %s', async (_what, edit) => {
    expect(await answers(edited(injected, edit))).toMatch(
      /^(injected-otherwise|reserved-name|not-injected)( reserved-name)?$/,
    );
  });

  const ADDITIONS: readonly (readonly [string, (pod: V1Pod) => void])[] = [
    [
      "the API server's defaults",
      (pod) => {
        for (const container of [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]) {
          container.imagePullPolicy = 'IfNotPresent';
          container.terminationMessagePath = '/dev/termination-log';
          container.terminationMessagePolicy = 'File';
        }
        Object.assign(pod.spec?.volumes?.[2]?.configMap ?? {}, { defaultMode: 420 });
        Object.assign(pod.spec?.volumes?.[0]?.emptyDir ?? {}, { sizeLimit: '1024Mi' });
      },
    ],
    ['AlwaysPullImages', (pod) => (init(pod, 'buildless-prepare').imagePullPolicy = 'Always')],
    ["LimitRanger's limits", (pod) => (init(pod, 'buildless-prepare').resources = { limits: { memory: '1Gi' } })],
    [
      'the token that the ServiceAccount plugin mounts',
      (pod) => {
        pod.spec?.volumes?.push({ name: 'kube-api-access-aaaaa', projected: { sources: [] } });
        main(pod).volumeMounts?.push({
          name: 'kube-api-access-aaaaa',
          mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
        });
      },
    ],
    [
      'a workload identity in all containers',
      (pod) => {
        for (const container of [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]) {
          (container.env ??= []).push({ name: 'AWS_ROLE_ARN', value: 'arn:aws:iam::1:role/a' });
          (container.volumeMounts ??= []).push({
            name: 'aws-iam-token',
            mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount',
            readOnly: true,
          });
        }
        pod.spec?.volumes?.push({ name: 'aws-iam-token', projected: { sources: [] } });
      },
    ],
    [
      'a mesh',
      (pod) => {
        pod.spec?.initContainers?.unshift({ name: 'istio-init', image: 'istio:1.0.0' });
        pod.spec?.containers.unshift({ name: 'istio-proxy', image: 'istio:1.0.0' });
        pod.spec?.volumes?.unshift({ name: 'istio-envoy', emptyDir: {} });
        pod.spec?.containers[1]?.env?.push({ name: 'ISTIO', value: 'yes' });
        pod.spec?.containers[1]?.volumeMounts?.unshift({ name: 'istio-envoy', mountPath: '/etc/istio' });
        Object.assign(pod.spec?.containers[1]?.readinessProbe?.httpGet ?? {}, { path: '/app-health', port: 15020 });
      },
    ],
    ['resources of the Function', (pod) => (main(pod).resources = { limits: { cpu: '4' } })],
  ];
  it.each(ADDITIONS)('still passes with what others put in: %s', async (_what, edit) => {
    expect(await answers(edited(injected, edit))).toBe('ok');
  });
});

describe('every value of what an injection adds', () => {
  /** Each string, number and boolean below a value, as a path. */
  const leaves = (value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] => {
    if (typeof value !== 'object' || value === null) return [path];
    return Object.entries(value).flatMap(([key, item]) =>
      leaves(item, [...path, Array.isArray(value) ? Number(key) : key]),
    );
  };
  const set = (value: unknown, path: readonly (string | number)[]): void => {
    const holder = path.slice(0, -1).reduce<unknown>((at, key) => Reflect.get(Object(at), key), value);
    const last = path.at(-1) ?? '';
    const old: unknown = Reflect.get(Object(holder), last);
    Reflect.set(
      Object(holder),
      last,
      typeof old === 'number' ? old + 1 : typeof old === 'boolean' ? !old : `${String(old)}x`,
    );
  };
  /** Whose change is nobody's harm. */
  const HARMLESS = /^spec\.initContainers\.\d+\.(imagePullPolicy|resources)/;

  it.each([
    ['', context],
    [' of a cluster with proxies', proxied],
  ])('is looked at: a Pod%s with another one is refused', async (_what, given) => {
    const injected = await injectedBy(given);
    const paths = [
      ...leaves(injected.spec?.initContainers, ['spec', 'initContainers']),
      ...leaves(injected.spec?.volumes, ['spec', 'volumes']),
    ];
    expect(paths.length).toBeGreaterThan(60);
    for (const path of paths) {
      const pod = edited(injected, (copy) => {
        set(copy, path);
      });
      const verdict = await createValidate(given)(requestFor(pod));
      expect(`${path.join('.')} ${String(verdict.response.allowed)}`).toBe(
        `${path.join('.')} ${String(HARMLESS.test(path.join('.')))}`,
      );
    }
  });
});
