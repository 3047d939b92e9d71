import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { type FakeRegistry, type NpmPackage, startNpmRegistry } from '../pod/install/fake-registry.ts';
import { type DistributionFile, makeWheel, startIndex } from '../pod/install/python-index.ts';
import { type RunningResolver, startResolver } from './running-resolver.ts';

/** A registry as a Function reaches it. */
interface PrivateRegistry {
  /** For `inputs.settings.registries`. */
  readonly allowed: readonly string[];
  /** The .npmrc or pip.conf that names it. */
  readonly settings: string;
}

export interface PrivateRegistries {
  /** What the npm registry has. */
  readonly packages: NpmPackage[];
  /** What the Python index has. */
  readonly wheels: DistributionFile[];
  /** Adds a version to the npm registry. */
  readonly publish: (name: string, version: string, more?: Partial<NpmPackage>) => void;
  /** Adds a wheel to the Python index. */
  readonly publishWheel: (
    name: string,
    version: string,
    more?: Readonly<{ requires?: readonly string[] }> & Pick<DistributionFile, 'uploaded' | 'attested' | 'described'>,
  ) => Promise<DistributionFile>;
  /** Takes back all that was published. */
  readonly clear: () => void;
  /** While a test runs, as the two below. */
  readonly resolver: RunningResolver;
  readonly npm: PrivateRegistry;
  readonly index: PrivateRegistry;
}

/** Each test runs npm or uv a few times: two seconds, or most of two minutes on a machine that does ten times too much. */
const PATIENCE = 600_000;

export const npmrcOf = (address: string): string => `registry=${address}\n`;
export const pipConfOf = (address: string): string => `[global]\nindex-url = ${address}simple\n`;

/** For the tests of one file: a resolver, a private npm registry and a private Python index, of what the tests publish. */
export function privateRegistries(): PrivateRegistries {
  vi.setConfig({ testTimeout: PATIENCE, hookTimeout: PATIENCE });
  const packages: NpmPackage[] = [];
  const wheels: DistributionFile[] = [];
  let started: { folder: string; resolver: RunningResolver; npm: FakeRegistry; index: FakeRegistry } | undefined;
  const running = (): NonNullable<typeof started> => {
    if (started === undefined) throw new Error('the registries run while a test runs, not before');
    return started;
  };

  // Each as soon as it is started: if a later start fails, the report has that failure alone, and nothing is left.
  const undo: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'buildless-wheels-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    const npm = await startNpmRegistry(packages);
    undo.push(npm.close);
    const index = await startIndex(wheels);
    undo.push(index.close);
    const resolver = await startResolver();
    undo.push(resolver.close);
    started = { folder, resolver, npm, index };
  });
  afterAll(async () => {
    for (const each of undo.reverse()) await each();
  });

  return {
    packages,
    wheels,
    publish: (name, version, more = {}) => {
      packages.push({ name, version, archive: Buffer.from(`${name}@${version}`), ...more });
    },
    publishWheel: async (name, version, { requires = [], ...told } = {}) => {
      const wheel = { ...(await makeWheel(running().folder, name, version, { requires })), ...told };
      wheels.push(wheel);
      return wheel;
    },
    clear: () => {
      packages.splice(0);
      wheels.splice(0);
    },
    get resolver() {
      return running().resolver;
    },
    get npm() {
      const { address } = running().npm;
      return { allowed: [address], settings: npmrcOf(address) };
    },
    get index() {
      const { address } = running().index;
      return { allowed: [`${address}simple`], settings: pipConfOf(address) };
    },
  };
}
