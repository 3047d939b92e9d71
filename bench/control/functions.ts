/** Thousands of Functions in an API server: Deployments without replicas, and their ConfigMaps. */
import type { ApiServer } from '../../src/api-server/api-server.ts';
import { PUBLIC_REGISTRY } from '../../src/dependencies/npm/registries.ts';
import { ANNOTATIONS, FUNCTION_LABEL, NAMESPACE_ENABLED, NAMESPACE_LABEL } from '../../src/function/keys.ts';
import { inParallel, never, post } from './requests.ts';

export interface FunctionName {
  readonly namespace: string;
  readonly name: string;
  readonly index: number;
}

const PER_NAMESPACE = 50;
/** The one package that the first Function of each namespace has, and nobody else. */
export const INCIDENT = { name: 'stolen', version: '1.2.3' };

/** Like an ordinary Function: some 4 kB of code. */
const CODE = '// one more line of an ordinary handler\n'.repeat(100);
/** Names that the dependencies of all Functions come from. */
const PACKAGES = 3000;

export const functionNames = (count: number): readonly FunctionName[] =>
  Array.from({ length: count }, (_, index) => ({
    namespace: `shop-${Math.floor(index / PER_NAMESPACE)}`,
    name: `function-${index}`,
    index,
  }));

/** @param packages that the lock of each has */
export async function createFunctions(
  api: ApiServer,
  functions: readonly FunctionName[],
  packages: number,
): Promise<void> {
  await inParallel([...new Set(functions.map(({ namespace }) => namespace))], (name) =>
    post(api, '/api/v1/namespaces', { metadata: { name, labels: { [NAMESPACE_LABEL]: NAMESPACE_ENABLED } } }),
  );
  await inParallel(functions, async ({ namespace, name, index }) => {
    await post(api, `/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name, labels: { [FUNCTION_LABEL]: name } },
      data: { ...handler(0), ...lockOf(index, packages) },
    });
    await post(api, `/apis/apps/v1/namespaces/${namespace}/deployments`, deployment(name));
  });
}

/** Edits the code; the dependencies stay. */
export const editFunction = (api: ApiServer, { namespace, name }: FunctionName, version: number): Promise<unknown> =>
  api.change(
    {
      method: 'PATCH',
      path: `/api/v1/namespaces/${namespace}/configmaps/${name}`,
      contentType: 'application/merge-patch+json',
      body: { data: handler(version) },
    },
    never,
  );

const handler = (version: number): Readonly<Record<string, string>> => ({
  'handler.js': `module.exports = { main: () => ${version} };\n${CODE}`,
});

/** package.json, and a sound lock of packages that ask for one another in a row. */
function lockOf(index: number, count: number): Readonly<Record<string, string>> {
  if (count === 0) return {};
  const versions = Array.from({ length: count }, (_, at) => ({
    name: `package-${(index * 7 + at) % PACKAGES}`,
    version: '1.0.0',
  }));
  if (index % PER_NAMESPACE === 0) versions[count - 1] = INCIDENT;
  const integrity = `sha512-${Buffer.alloc(64, 1).toString('base64')}`;
  const [first] = versions;
  const dependencies = first === undefined ? {} : { [first.name]: first.version };
  const packages = versions.map(({ name, version }, at) => {
    const next = versions[at + 1];
    const resolved = `${PUBLIC_REGISTRY}${name}/-/${name}-${version}.tgz`;
    const entry = { version, resolved, integrity, ...(next && { dependencies: { [next.name]: next.version } }) };
    return [`node_modules/${name}`, entry] as const;
  });
  const lock = { lockfileVersion: 3, packages: { '': { dependencies }, ...Object.fromEntries(packages) } };
  return { 'package.json': JSON.stringify({ dependencies }), 'package-lock.json': JSON.stringify(lock) };
}

const deployment = (name: string): object => ({
  metadata: { name },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name, [FUNCTION_LABEL]: name }, annotations: { [ANNOTATIONS.runtime]: 'nodejs22' } },
      spec: { containers: [{ name: 'function', image: 'auto' }] },
    },
  },
});
