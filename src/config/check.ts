import type { V1ResourceRequirements } from '@kubernetes/client-node';
import { stricter } from '../dependencies/policy.ts';
import { nameEach } from '../function/installers.ts';
import { languageNames, LANGUAGES } from '../function/languages.ts';
import { nearest } from '../outcome/nearest.ts';
import type { Configuration } from './configuration.ts';
import type { Fault } from './explain.ts';
import { RUNTIME_FIELDS } from './merge.ts';
import { runtimeFaults } from './check-runtime.ts';
import { ANY_LICENCE, licencePolicy } from '../licences/policy.ts';
import { PROXY_KEY } from '../installers/proxies.ts';
import { parseQuantity } from '../kubernetes/quantity.ts';
import type { ConfigurationFile } from './schema.ts';

/** What no single value shows: each check looks at several, the defaults included. */
export function crossCheck(configuration: Configuration, file: ConfigurationFile): readonly Fault[] {
  return [
    ...runtimeRows(configuration, file),
    ...defaultProfile(configuration),
    ...policyFloor(configuration),
    ...releaseAge(configuration),
    ...provenanceLost(configuration),
    ...licences(configuration),
    ...installers(configuration),
    ...proxies(configuration),
    ...resources(['toolkit', 'resources'], configuration.toolkit.resources),
    ...resources(['install', 'resources'], configuration.install.resources),
    ...Object.entries(configuration.profiles).flatMap(([name, profile]) => resources(['profiles', name], profile)),
  ];
}

function runtimeRows(configuration: Configuration, file: ConfigurationFile): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [name, row] of Object.entries(file.runtimes ?? {})) {
    const runtime = configuration.runtimes[name];
    if (row === null) continue;
    if (runtime === undefined) {
      const missing = RUNTIME_FIELDS.filter((field) => row[field] === undefined);
      const known = nearest(name, Object.keys(configuration.runtimes));
      faults.push({
        path: ['runtimes', name],
        atKey: true,
        problem: `the runtime ${name} is new and lacks ${missing.join(', ')}`,
        fix: known === undefined ? 'add what is missing' : `add what is missing, or write "${known}"`,
      });
    } else faults.push(...runtimeFaults(name, runtime));
  }
  if (faults.length === 0 && Object.keys(configuration.runtimes).length === 0) {
    faults.push({ path: ['runtimes'], atKey: true, problem: 'no runtime is left', fix: 'keep at least one' });
  }
  return faults;
}

/** The Secret has the address for both. */
const proxies = ({ proxy }: Configuration): readonly Fault[] =>
  proxy.secret === undefined
    ? []
    : (['httpProxy', 'httpsProxy'] as const)
        .filter((key) => proxy[key] !== undefined)
        .map((key) => ({
          path: ['proxy', key],
          atKey: true,
          problem: `proxy.${key} and proxy.secret are both set`,
          fix: `remove proxy.${key}; the key "${PROXY_KEY}" of the Secret is the address for http and https`,
        }));

function policyFloor({ dependencies: { enforce, floor } }: Configuration): readonly Fault[] {
  if (stricter(enforce, floor) === enforce) return [];
  return [
    {
      path: ['dependencies', 'floor'],
      atKey: false,
      problem: `the floor ${floor} is stricter than what is enforced by default, which is ${enforce}`,
      fix: `write enforce: ${floor}, or a looser floor`,
    },
  ];
}

/** Only the controller asks registries, and without it the configuration says `locks: author`. */
function releaseAge({ dependencies: { minimumReleaseAge }, revisions: { locks } }: Configuration): readonly Fault[] {
  if (minimumReleaseAge === 0 || locks === 'cluster') return [];
  return [
    {
      path: ['dependencies', 'minimumReleaseAge'],
      atKey: false,
      problem: `a minimum release age needs the controller, and revisions.locks is "${locks}"`,
      fix: 'install the controller and write revisions.locks: cluster, or remove minimumReleaseAge',
    },
  ];
}

function provenanceLost({ dependencies, revisions: { locks } }: Configuration): readonly Fault[] {
  if (dependencies.provenanceLost === 'off' || locks === 'cluster') return [];
  return [
    {
      path: ['dependencies', 'provenanceLost'],
      atKey: false,
      problem: `provenanceLost "${dependencies.provenanceLost}" needs the controller, and revisions.locks is "${locks}"`,
      fix: 'install the controller and write revisions.locks: cluster, or provenanceLost: off',
    },
  ];
}

/** Without a list every licence passes, so that what is unknown is never looked for. */
function licences({ dependencies: { licences: settings } }: Configuration): readonly Fault[] {
  const { unknown, exceptions } = settings;
  if (licencePolicy(settings) !== undefined || (unknown === ANY_LICENCE.unknown && exceptions.length === 0)) return [];
  return [
    {
      path: ['dependencies', 'licences'],
      atKey: true,
      problem: 'dependencies.licences names no licence, so it has no effect',
      fix: 'add allowed or refused with a list of SPDX identifiers, or remove it',
    },
  ];
}

function defaultProfile({ defaultProfile: name, profiles }: Configuration): readonly Fault[] {
  if (Object.hasOwn(profiles, name)) return [];
  const names = Object.keys(profiles);
  const fix = names.length === 0 ? 'keep at least one profile' : `name one of ${names.join(', ')}`;
  return [
    { path: ['defaultProfile'], atKey: false, problem: `defaultProfile names "${name}", which is not a profile`, fix },
  ];
}

function installers({ install }: Configuration): readonly Fault[] {
  const defaults = Object.entries(install.defaultInstaller).flatMap(([language, name]) => {
    if (name === 'auto' || install.installers.includes(name)) return [];
    return [
      {
        path: ['install', 'defaultInstaller', language],
        atKey: false,
        problem: `the default installer ${name} is not among install.installers`,
        fix: 'add it there, or write auto',
      },
    ];
  });
  const none = languageNames().flatMap((language) => {
    const { title, installers } = LANGUAGES.of(language);
    if (installers.length === 0 || installers.some(({ name }) => install.installers.includes(name))) return [];
    return [
      {
        path: ['install', 'installers'],
        atKey: false,
        problem: `nothing is left to install ${title} packages`,
        fix: `add ${nameEach(installers)}`,
      },
    ];
  });
  return [...defaults, ...none];
}

/** The API server refuses a container that requests more than its limit. */
function resources(path: readonly string[], { requests = {}, limits = {} }: V1ResourceRequirements): readonly Fault[] {
  return Object.entries(requests).flatMap(([resource, request]) => {
    const limit = limits[resource];
    if (limit === undefined) return [];
    if ((parseQuantity(request) ?? 0) <= (parseQuantity(limit) ?? 0)) return [];
    return [
      {
        path: [...path, 'requests', resource],
        atKey: false,
        problem: `${path.join('.')} requests ${request} of ${resource}, more than its limit of ${limit}`,
        fix: 'lower the request, or raise the limit',
      },
    ];
  });
}
