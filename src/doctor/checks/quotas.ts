import { DEFAULT_CONFIGURATION } from '../../config/defaults.ts';
import type { Configuration } from '../../config/configuration.ts';
import { parseLimits } from '../../namespace/limits.ts';
import { failed, ok, unanswered, type Check, type CheckResult } from '../check.ts';
import { installedConfiguration } from '../installed-configuration.ts';
import { list, text } from '../../kubernetes/fields.ts';
import { optedIn } from './namespaces.ts';

const CHECK = 'Quotas';
const LISTED = 10;
/** What each container has to set as soon as a quota counts it. */
const COMPUTE = /^(?:requests|limits)\.(?:cpu|memory|ephemeral-storage)$/;

/**
 * Namespaces of Functions whose ResourceQuota counts what a container may leave out: there each container must set it, and
 * the init containers install within the Function's own limits.
 */
export const quotas: Check = async (patient) => {
  const [namespaces, quotaList] = await Promise.all([optedIn(patient), patient.get('/api/v1/resourcequotas')]);
  if (!namespaces.ok) return [];
  if (!quotaList.ok) return [unanswered(CHECK, 'the list of ResourceQuotas', quotaList)];
  const names = new Set(list(namespaces.object, 'items').map((namespace) => text(namespace, 'metadata', 'name')));
  const counted = new Map<string, Readonly<Record<string, string>>>();
  for (const quota of list(quotaList.object, 'items')) {
    const namespace = text(quota, 'metadata', 'namespace');
    if (!names.has(namespace) || typeof quota !== 'object' || quota === null) continue;
    const found = parseLimits('ResourceQuota', text(quota, 'metadata', 'name'), quota).quotas;
    if (Object.keys(found).length > 0) counted.set(namespace, { ...counted.get(namespace), ...found });
  }
  if (counted.size === 0) return [ok(CHECK, 'no ResourceQuota limits what containers of Functions ask for')];
  return judge(counted, (await installedConfiguration(patient)) ?? DEFAULT_CONFIGURATION);
};

function judge(
  counted: ReadonlyMap<string, Readonly<Record<string, string>>>,
  { profiles, defaultProfile }: Configuration,
): readonly CheckResult[] {
  const profile = profiles[defaultProfile];
  const unmet = [...counted].flatMap(([namespace, quota]) => {
    const missing = Object.keys(quota).filter((key) => {
      if (!COMPUTE.test(key)) return false;
      const [kind = '', ...resource] = key.split('.');
      const quantities = kind === 'limits' ? profile?.limits : { ...profile?.limits, ...profile?.requests };
      return quantities?.[resource.join('.')] === undefined;
    });
    return missing.length === 0 ? [] : [`${namespace} (${missing.join(', ')})`];
  });
  if (unmet.length > 0) {
    return [
      failed(
        CHECK,
        `a ResourceQuota counts what the profile ${defaultProfile} does not set, so Functions are refused in ${shown(unmet)}`,
        'add it to the profiles of the configuration, or give these namespaces a LimitRange with defaults',
      ),
    ];
  }
  const where = shown([...counted.keys()]);
  return [
    ok(CHECK, `Functions fit; installations run within the Function's own limits if these are counted: ${where}`),
  ];
}

const shown = (names: readonly string[]): string =>
  `${names.slice(0, LISTED).join(', ')}${names.length > LISTED ? `, and ${names.length - LISTED} more` : ''}`;
