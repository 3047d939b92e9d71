/** A Function whose lock pins one version of a private registry, which the controller compares with what that registry says. */
import { PUBLIC_REGISTRY } from '../../src/dependencies/npm/registries.ts';
import { ANNOTATIONS } from '../../src/function/keys.ts';
import { parseStamp } from '../../src/function/stamp.ts';
import { integrityOf, type NpmPackage, startNpmRegistry } from '../pod/install/fake-registry.ts';
import { listOf, source } from './functions.ts';
import { eventually, type Opened } from './given.ts';
import { installWithResolver } from './installed-both.ts';
import { kubectlOk } from './kubectl.ts';
import { answering, events, functionDeployment, revisions, stampOf } from './revisions.ts';

type Files = Readonly<Record<string, string>>;

export interface Registry {
  readonly address: string;
  readonly packages: NpmPackage[];
}

/** A private registry, and a cluster with such a configuration that resolves from it. */
export async function installWithRegistry(configuration: string): Promise<Opened<Registry>> {
  const packages: NpmPackage[] = [];
  const registry = await startNpmRegistry(packages);
  const both = await installWithResolver({}, { configuration });
  return {
    value: { address: registry.address, packages },
    close: async () => {
      await both.close();
      await registry.close();
    },
  };
}

/**
 * A source whose lock pins one version, which comes from there.
 *
 * @param published what the registry has
 * @param inLock more of the lock's entry
 */
export function pinning(
  { packages }: Registry,
  name: string,
  version: string,
  published: Partial<NpmPackage>,
  inLock: object = {},
): Files {
  const archive = Buffer.from(`${name}@${version}`);
  packages.push({ name, version, archive, ...published });
  const dependencies = { [name]: version };
  const resolved = `${PUBLIC_REGISTRY}${name}/-/${name}-${version}.tgz`;
  const packagesOfLock = {
    '': { name: 'hello', version: '1.0.0', dependencies },
    [`node_modules/${name}`]: { version, resolved, integrity: integrityOf(archive), ...inLock },
  };
  return {
    ...answering(version),
    'package.json': JSON.stringify({ name: 'hello', version: '1.0.0', dependencies }),
    'package-lock.json': JSON.stringify({
      name: 'hello',
      version: '1.0.0',
      lockfileVersion: 3,
      requires: true,
      packages: packagesOfLock,
    }),
  };
}

/** One apply of the Function and the Secret with its registry. */
export async function apply({ address }: Registry, namespace: string, files: Files, turn = '1'): Promise<void> {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'npm' },
    stringData: { '.npmrc': `registry=${address}\n` },
  };
  const { metadata, ...configMap } = source('hello', {});
  const deployment = functionDeployment('hello', {}, { [ANNOTATIONS.registry]: 'npm', turn });
  const objects = listOf(secret, { ...configMap, metadata, data: files }, deployment);
  await kubectlOk(['apply', '-n', namespace, '-f', '-'], JSON.stringify(objects));
}

/** The ConfigMap of the lock that a template's stamp names. */
export async function verdictOf(namespace: string): Promise<Files | undefined> {
  const { text = '' } = await stampOf(namespace, 'hello');
  const name = parseStamp(text)?.lock;
  return (await revisions(namespace)).find(({ metadata }) => metadata?.name === name)?.data;
}

export const verdict = (namespace: string, isGood: (data: Files) => boolean): Promise<Files | undefined> =>
  eventually(
    () => verdictOf(namespace),
    (data) => data !== undefined && isGood(data),
    90_000,
  );
export const isChecked = (data: Files): boolean => 'checked.json' in data;

export const untilEvent = async (namespace: string, reason: string): Promise<string> => {
  const [event] = await eventually(
    () => events(namespace, reason),
    ({ length }) => length > 0,
    90_000,
  );
  return event?.note ?? '';
};
