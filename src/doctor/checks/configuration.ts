import { CONFIG_KEY, CONFIG_MAP } from '../../installation/names.ts';
import { failed, ok, unanswered, type Check } from '../check.ts';
import { text } from '../../kubernetes/fields.ts';

const CHECK = 'Configuration';

/** The ConfigMap with the configuration: whether the webhook takes it, and whether it injects at all. */
export const configuration: Check = async ({ get, namespace }) => {
  const title = `ConfigMap ${namespace}/${CONFIG_MAP}`;
  const answer = await get(`/api/v1/namespaces/${namespace}/configmaps/${CONFIG_MAP}`);
  if (!answer.ok) return [unanswered(CHECK, title, answer)];
  const [{ parseConfiguration }, { formatProblem }] = await Promise.all([
    import('../../config/load.ts'),
    import('../../outcome/problem.ts'),
  ]);
  const parsed = parseConfiguration(text(answer.object, 'data', CONFIG_KEY), CONFIG_KEY);
  if ('findings' in parsed) {
    const why = parsed.findings.map(formatProblem).join('; ');
    return [failed(CHECK, `${title} is bad, so the last good one is in force: ${why}`, 'correct it')];
  }
  if (parsed.configuration.mode === 'disabled') {
    return [failed(CHECK, `${title} disables injection for the whole cluster`, 'write "mode: buildless"')];
  }
  const advice = parsed.warnings.map((warning) => `; ${formatProblem(warning)}`).join('');
  return [ok(CHECK, `${title} is good, with ${Object.keys(parsed.configuration.runtimes).length} runtimes${advice}`)];
};
