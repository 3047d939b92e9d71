import type { V1ResourceRequirements } from '@kubernetes/client-node';
import type { Runtime } from '../function/runtimes.ts';
import type { Configuration } from './configuration.ts';
import { isExceptable } from '../exceptions/codes.ts';
import { parseDuration } from '../function/duration.ts';
import type { LicenceSettings } from '../licences/policy.ts';
import type { ConfigurationFile } from './schema.ts';

type Nullable<T> = T | null | undefined;
type Quantities = Nullable<Readonly<Record<string, string | number | null>>>;
type ResourcesFile = Nullable<{ readonly requests?: Quantities; readonly limits?: Quantities }>;

/**
 * Lays a file over the defaults. One rule for all: maps merge by key, and null takes away what may be absent.
 *
 * @returns the configuration; rows of runtimes that lack a field are left out, see check.ts
 */
export function mergeConfiguration(defaults: Configuration, file: ConfigurationFile): Configuration {
  const toolkit = file.toolkit ?? {};
  const imagePullPolicy = kept(toolkit.imagePullPolicy, defaults.toolkit.imagePullPolicy);
  const install = file.install ?? {};
  const registry = kept(install.registry, defaults.install.registry);
  const mirror = kept(file.images?.registry, defaults.images.registry);
  const httpProxy = kept(file.proxy?.httpProxy, defaults.proxy.httpProxy);
  const httpsProxy = kept(file.proxy?.httpsProxy, defaults.proxy.httpsProxy);
  const proxySecret = kept(file.proxy?.secret, defaults.proxy.secret);
  const runAsUser = kept(file.security?.runAsUser, defaults.security.runAsUser);
  const server = file.server ?? {};
  return {
    mode: file.mode ?? defaults.mode,
    toolkit: {
      image: toolkit.image ?? defaults.toolkit.image,
      ...(imagePullPolicy !== undefined && { imagePullPolicy }),
      resources: mergeResources(defaults.toolkit.resources, toolkit.resources),
    },
    images: {
      ...(mirror !== undefined && { registry: mirror }),
      originals: {},
      pullSecrets: [...new Set(file.images?.pullSecrets ?? defaults.images.pullSecrets)],
    },
    proxy: {
      ...(httpProxy !== undefined && { httpProxy }),
      ...(httpsProxy !== undefined && { httpsProxy }),
      ...(proxySecret !== undefined && { secret: proxySecret }),
      noProxy: file.proxy?.noProxy ?? defaults.proxy.noProxy,
    },
    runtimes: mergeMap(defaults.runtimes, file.runtimes, mergeRuntime),
    profiles: mergeMap(defaults.profiles, file.profiles, (profile, row) => mergeResources(profile ?? {}, row)),
    defaultProfile: file.defaultProfile ?? defaults.defaultProfile,
    install: {
      timeoutSeconds: install.timeoutSeconds ?? defaults.install.timeoutSeconds,
      resources: mergeResources(defaults.install.resources, install.resources),
      installers: install.installers ?? defaults.install.installers,
      defaultInstaller: mergeMap(
        defaults.install.defaultInstaller,
        install.defaultInstaller,
        (known, given) => given ?? known,
      ),
      ...(registry !== undefined && { registry }),
    },
    security: { ...(runAsUser !== undefined && { runAsUser }) },
    volumes: {
      appSizeLimit: String(file.volumes?.appSizeLimit ?? defaults.volumes.appSizeLimit),
      tmpSizeLimit: String(file.volumes?.tmpSizeLimit ?? defaults.volumes.tmpSizeLimit),
    },
    server: {
      timeoutSeconds: server.timeoutSeconds ?? defaults.server.timeoutSeconds,
      bodyLimitMegabytes: server.bodyLimitMegabytes ?? defaults.server.bodyLimitMegabytes,
      env: mergeMap(defaults.server.env, server.env, (_, value) => value),
    },
    revisions: {
      rollout: file.revisions?.rollout ?? defaults.revisions.rollout,
      rolloutsAtOnce: file.revisions?.rolloutsAtOnce ?? defaults.revisions.rolloutsAtOnce,
      history: file.revisions?.history ?? defaults.revisions.history,
      locks: file.revisions?.locks ?? defaults.revisions.locks,
    },
    git: {
      intervalSeconds:
        file.git?.interval == null ? defaults.git.intervalSeconds : (parseDuration(file.git.interval) ?? 0),
    },
    templates:
      file.templates?.map(({ group, kind, resource, path }) => ({
        group,
        kind,
        resource: resource ?? resourceOf(kind),
        path: path.split('.'),
      })) ?? defaults.templates,
    dependencies: {
      enforce: file.dependencies?.enforce ?? defaults.dependencies.enforce,
      warn: file.dependencies?.warn ?? defaults.dependencies.warn,
      audit: file.dependencies?.audit ?? defaults.dependencies.audit,
      floor: file.dependencies?.floor ?? defaults.dependencies.floor,
      exemptNamespaces: file.dependencies?.exemptNamespaces ?? defaults.dependencies.exemptNamespaces,
      registries: mergeMap(defaults.dependencies.registries, file.dependencies?.registries, (known, given) =>
        given === undefined ? known : given.map(endedBySlash),
      ),
      denied: mergeMap(defaults.dependencies.denied, file.dependencies?.denied, (known, given) =>
        given === undefined ? known : given.map(({ name, versions = '*', reason }) => ({ name, versions, reason })),
      ),
      minimumReleaseAge: mergeAge(file.dependencies?.minimumReleaseAge, defaults.dependencies.minimumReleaseAge),
      releaseAgeExceptions: file.dependencies?.releaseAgeExceptions ?? defaults.dependencies.releaseAgeExceptions,
      unknownReleaseAge: file.dependencies?.unknownReleaseAge ?? defaults.dependencies.unknownReleaseAge,
      exceptions: (file.dependencies?.exceptions ?? defaults.dependencies.exceptions).flatMap((each) =>
        isExceptable(each.code) ? [{ ...each, code: each.code }] : [],
      ),
      provenanceLost: file.dependencies?.provenanceLost ?? defaults.dependencies.provenanceLost,
      provenanceExceptions: file.dependencies?.provenanceExceptions ?? defaults.dependencies.provenanceExceptions,
      licences: mergeLicences(defaults.dependencies.licences, file.dependencies?.licences),
    },
    only: {
      images: file.only?.images ?? defaults.only.images,
      exemptImages: file.only?.exemptImages ?? defaults.only.exemptImages,
      exemptNamespaces: file.only?.exemptNamespaces ?? defaults.only.exemptNamespaces,
    },
  };
}

const mergeLicences = (
  defaults: LicenceSettings,
  file: NonNullable<ConfigurationFile['dependencies']>['licences'],
): LicenceSettings => ({
  allowed: file?.allowed ?? defaults.allowed,
  refused: file?.refused ?? defaults.refused,
  unknown: file?.unknown ?? defaults.unknown,
  exceptions: file?.exceptions ?? defaults.exceptions,
});

/** `null` takes the age away. */
const mergeAge = (text: Nullable<string>, otherwise: number): number =>
  text === null ? 0 : text === undefined ? otherwise : (parseDuration(text) ?? 0);

/** An address that ends within a host's name would allow each host that begins like it. */
const endedBySlash = (address: string): string => (address.endsWith('/') ? address : `${address}/`);

const kept = <T>(value: Nullable<T>, otherwise: T | undefined): T | undefined =>
  value === null ? undefined : (value ?? otherwise);

function mergeMap<Value, Row>(
  defaults: Readonly<Record<string, Value>>,
  rows: Nullable<Readonly<Record<string, Row | null>>>,
  merge: (value: Value | undefined, row: Row) => Value | undefined,
): Record<string, Value> {
  const merged = new Map(Object.entries(defaults));
  for (const [key, row] of Object.entries(rows ?? {})) {
    const value = row === null ? undefined : merge(merged.get(key), row);
    if (value === undefined) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

type RuntimeRow = NonNullable<NonNullable<ConfigurationFile['runtimes']>[string]>;

/** The fields that a runtime cannot be without. */
export const RUNTIME_FIELDS = ['language', 'version', 'image', 'interpreter'] as const;

function mergeRuntime(runtime: Runtime | undefined, row: RuntimeRow): Runtime | undefined {
  const language = row.language ?? runtime?.language;
  const version = row.version ?? runtime?.version;
  const image = row.image ?? runtime?.image;
  const interpreter = row.interpreter ?? runtime?.interpreter;
  const libc = row.libc ?? runtime?.libc;
  const deprecated = kept(row.deprecated, runtime?.deprecated);
  if (language === undefined || version === undefined || image === undefined || interpreter === undefined) {
    return undefined;
  }
  return {
    language,
    version,
    image,
    interpreter,
    ...(libc !== undefined && { libc }),
    ...(deprecated !== undefined && { deprecated }),
  };
}

function mergeResources(resources: V1ResourceRequirements, file: ResourcesFile): V1ResourceRequirements {
  const requests = mergeQuantities(resources.requests, file?.requests);
  const limits = mergeQuantities(resources.limits, file?.limits);
  return {
    ...(Object.keys(requests).length > 0 && { requests }),
    ...(Object.keys(limits).length > 0 && { limits }),
  };
}

const mergeQuantities = (quantities: V1ResourceRequirements['requests'], file: Quantities): Record<string, string> =>
  mergeMap<string, string | number>(quantities ?? {}, file, (_, quantity) => String(quantity));

/** As Kubernetes guesses it (UnsafeGuessKindToResource of k8s.io/apimachinery). */
function resourceOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name.endsWith('s')) return `${name}es`;
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
}
