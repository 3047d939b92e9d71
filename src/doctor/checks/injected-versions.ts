import { FUNCTION_LABEL, STATUS_ANNOTATION } from '../../function/keys.ts';
import { parseStatus } from '../../inject/status.ts';
import { list, text } from '../../kubernetes/fields.ts';
import { ok, unanswered, warned, type Check } from '../check.ts';
import { servedVersion } from '../served-version.ts';

const CHECK = 'Versions';
/** Pods that one answer brings. */
const MOST_PODS = 1000;
const LISTED = 10;

/** Functions whose Pods another version injected: they run on as they are, until something creates them again. */
export const injectedVersions: Check = async (patient) => {
  const [version, pods] = await Promise.all([
    servedVersion(patient),
    patient.get('/api/v1/pods', { labelSelector: FUNCTION_LABEL, limit: String(MOST_PODS) }),
  ]);
  if (!pods.ok) return [unanswered(CHECK, 'the list of Pods', pods)];
  const others = new Set<string>();
  let injected = 0;
  for (const pod of list(pods.object, 'items')) {
    const status = parseStatus(text(pod, 'metadata', 'annotations', STATUS_ANNOTATION));
    // One that ends is replaced already, or gone with its namespace.
    if (status === undefined || text(pod, 'metadata', 'deletionTimestamp') !== '') continue;
    injected += 1;
    if (status.version === version) continue;
    others.add(`${text(pod, 'metadata', 'namespace')}/${status.function} (${status.version})`);
  }
  const more = text(pods.object, 'metadata', 'continue') === '' ? '' : ` of the first ${MOST_PODS}`;
  if (others.size === 0)
    return [ok(CHECK, `${injected} Pods${more} were injected by ${version}, the version that serves`)];
  const names = [...others].sort();
  const rest = names.length > LISTED ? `, and ${names.length - LISTED} more` : '';
  return [
    warned(
      CHECK,
      `other versions than ${version} injected Pods${more} of ${names.slice(0, LISTED).join(', ')}${rest}`,
      'they continue to run; to have them injected again: kubectl rollout restart deployment/NAME -n NAMESPACE',
    ),
  ];
};
