import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { eventually, given, it } from '../cluster/given.ts';
import { installWebhook, RESTRICTED } from '../cluster/installed.ts';
import { coreApi, createNamespace, kubectlOk } from '../cluster/kubectl.ts';
import { claim } from './claim.ts';
import { podOf } from './packages.ts';
import { apply, sourceOf } from './functions.ts';
import { call, isReady } from './pods.ts';
import { answerOf, answerOfIndex, listen, type Listening, npmrcOf, packNpm, packWheel, pipConfOf } from './registry.ts';

/** Whether the cluster makes a volume for a claim that names no class. */
async function hasDefaultClass(): Promise<boolean> {
  return (await kubectlOk(['get', 'storageclasses', '-o', 'yaml'])).includes('is-default-class: "true"');
}

/** A Function of one package, and the registry that has it. */
interface Language {
  readonly runtime: string;
  readonly files: Readonly<Record<string, string>>;
  readonly archive: Buffer;
  readonly answer: (request: IncomingMessage) => Buffer | undefined;
  readonly settings: (url: string) => Readonly<Record<string, string>>;
}

const LENGTH = '1000000';
const NPM = packNpm('@acme/big', `exports.text = ${JSON.stringify('buildless '.repeat(100_000))};`);
const NODE: Language = {
  runtime: 'nodejs22',
  files: {
    'handler.js': "const { text } = require('@acme/big'); exports.main = () => String(text.length);",
    'package.json': JSON.stringify({ dependencies: { '@acme/big': '1.0.0' } }),
    'package-lock.json': JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { '@acme/big': '1.0.0' } },
        'node_modules/@acme/big': { version: '1.0.0', integrity: NPM.integrity },
      },
    }),
  },
  archive: NPM.archive,
  answer: (request) => answerOf(NPM, request),
  settings: (url) => ({ '.npmrc': npmrcOf(url, 'token') }),
};

const WHEEL = packWheel('acmebig', `TEXT = ${JSON.stringify('buildless '.repeat(100_000))}\n`);
const PYTHON: Language = {
  runtime: 'python311',
  files: {
    'handler.py': 'import acmebig\n\ndef main(event, context):\n    return str(len(acmebig.TEXT))\n',
    'requirements.txt': `acmebig==1.0.0 --hash=sha256:${WHEEL.sha256}\n`,
  },
  archive: WHEEL.archive,
  answer: (request) => answerOfIndex(WHEEL, request),
  settings: (url) => ({ 'pip.conf': pipConfOf(url) }),
};

const INSTALLERS = { bun: NODE, npm: NODE, uv: PYTHON, pip: PYTHON } as const;
type Installer = keyof typeof INSTALLERS;
const NAMES = Object.keys(INSTALLERS) as Installer[];

/** A registry of this machine that counts what it gives away, and holds it back when told to. */
interface Registry extends Listening {
  archives: number;
  holds: boolean;
  waiting: number;
}

async function openRegistry({ archive, answer }: Language): Promise<Registry> {
  const registry: Registry = {
    archives: 0,
    holds: false,
    waiting: 0,
    ...(await listen((request, response) => {
      const content = answer(request);
      if (content === archive) {
        registry.archives += 1;
        // As public registries say of an archive, which never changes.
        response.setHeader('cache-control', 'public, max-age=31536000, immutable');
        if (registry.holds) {
          // Half of it, and never the rest.
          response.writeHead(200, { 'content-length': content.length });
          response.write(content.subarray(0, content.length / 2));
          registry.waiting += 1;
          return;
        }
      } else response.setHeader('content-type', request.url?.startsWith('/simple') ? 'text/html' : 'application/json');
      response.writeHead(content === undefined ? 404 : 200).end(content ?? '{}');
    })),
  };
  return registry;
}

describe('buildless.dev/cache on a PersistentVolumeClaim', () => {
  given(() => installWebhook());
  let namespace = '';
  const registries = new Map<Installer, Registry>();
  const registryOf = (installer: Installer): Registry => {
    const registry = registries.get(installer);
    if (registry === undefined) throw new Error('not opened');
    return registry;
  };

  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    namespace = await createNamespace(RESTRICTED);
    for (const installer of NAMES) {
      const language = INSTALLERS[installer];
      const registry = await openRegistry(language);
      registries.set(installer, registry);
      const stringData = language.settings(registry.url);
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: installer }, stringData };
      await apply(namespace, sourceOf(installer, language.files), secret, claim(installer, inject('node').ours));
    }
  });
  afterAll(async () => {
    for (const registry of registries.values()) registry.close();
    if (namespace !== '') await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  const create = async (name: string, installer: Installer): Promise<void> => {
    const pod = podOf(name, installer, {
      'buildless.dev/runtime': INSTALLERS[installer].runtime,
      'buildless.dev/installer': installer,
      'buildless.dev/registry': installer,
      'buildless.dev/cache': installer,
    });
    // What makes a volume that a provisioner made writable.
    const body = { ...pod, spec: { containers: [], ...pod.spec, securityContext: { fsGroup: 1000 } } };
    await coreApi().createNamespacedPod({ namespace, body });
  };
  const answers = async (name: string): Promise<string> => {
    const pod = await eventually(() => coreApi().readNamespacedPod({ namespace, name }), isReady, 240_000);
    return (await call(pod)).text;
  };

  for (const installer of NAMES) {
    it(`${installer}: one Pod is killed while it downloads, two install at once, and the next finds all that it needs`, async (context) => {
      if (!inject('node').ours && !(await hasDefaultClass())) context.skip('the cluster has no default StorageClass');
      const registry = registryOf(installer);
      registry.holds = true;
      await create(`${installer}-killed`, installer);
      await eventually(
        () => Promise.resolve(registry.waiting),
        (waiting) => waiting > 0,
        120_000,
      );
      await kubectlOk(['delete', 'pod', '-n', namespace, `${installer}-killed`, '--force', '--grace-period=0']);
      registry.holds = false;

      const pair = [`${installer}-first`, `${installer}-second`];
      for (const name of pair) await create(name, installer);
      for (const name of pair) expect(await answers(name)).toBe(LENGTH);

      const before = registry.archives;
      await create(`${installer}-warm`, installer);
      expect(await answers(`${installer}-warm`)).toBe(LENGTH);
      expect(registry.archives).toBe(before);
    });
  }
});
