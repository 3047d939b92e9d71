import { OLDEST_KUBERNETES } from '../../installation/names.ts';
import { failed, ok, unanswered, type Check } from '../check.ts';
import { text } from '../../kubernetes/fields.ts';

const CHECK = 'Kubernetes';

/** GET /version: whether the API server knows the fields that the webhook configurations use. */
export const version: Check = async ({ get }) => {
  const answer = await get('/version');
  if (!answer.ok) return [unanswered(CHECK, 'the version of the API server', answer)];
  const found = text(answer.object, 'gitVersion');
  const [, major = '0', minor = '0'] = /^v(\d+)\.(\d+)/.exec(found) ?? [];
  const { major: oldestMajor, minor: oldestMinor } = OLDEST_KUBERNETES;
  const isNew = Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
  if (isNew) return [ok(CHECK, found)];
  return [
    failed(CHECK, `${found} has no matchConditions for webhooks`, `upgrade to ${oldestMajor}.${oldestMinor} or newer`),
  ];
};
