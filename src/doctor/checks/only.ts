import { NAMESPACE_LABEL, NAMESPACE_ONLY } from '../../function/keys.ts';
import { CONFIG_KEY, CONFIG_MAP, ONLY_CONFIG_MAP, ONLY_POLICY } from '../../installation/names.ts';
import { onlyParameters } from '../../installation/only-parameters.ts';
import { failed, ok, unanswered, type Check, type Patient } from '../check.ts';
import { field, list, text } from '../../kubernetes/fields.ts';

const CHECK = 'Functions only';
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';

/** The policy for namespaces labelled `only`: in force, and with the lists of the configuration. */
export const only: Check = async ({ get, namespace }) => {
  const configMap = (name: string): ReturnType<Patient['get']> =>
    get(`/api/v1/namespaces/${namespace}/configmaps/${name}`);
  const [policy, binding, configuration, parameters, namespaces] = await Promise.all([
    get(`${ADMISSION}/validatingadmissionpolicies/${ONLY_POLICY}`),
    get(`${ADMISSION}/validatingadmissionpolicybindings/${ONLY_POLICY}`),
    configMap(CONFIG_MAP),
    configMap(ONLY_CONFIG_MAP),
    get('/api/v1/namespaces', { labelSelector: `${NAMESPACE_LABEL}=${NAMESPACE_ONLY}` }),
  ]);
  if (!policy.ok) return [unanswered(CHECK, `ValidatingAdmissionPolicy ${ONLY_POLICY}`, policy)];
  if (!binding.ok) return [unanswered(CHECK, `ValidatingAdmissionPolicyBinding ${ONLY_POLICY}`, binding)];
  if (!list(binding.object, 'spec', 'validationActions').includes('Deny')) {
    return [
      failed(CHECK, `ValidatingAdmissionPolicyBinding ${ONLY_POLICY} does not deny`, 'apply the manifests again'),
    ];
  }
  const write = `kubectl get configmap ${CONFIG_MAP} -n ${namespace} -o 'jsonpath={.data.config\\.yaml}' | buildless parameters -n ${namespace} --config - | kubectl apply -f -`;
  const title = `ConfigMap ${namespace}/${ONLY_CONFIG_MAP}`;
  if (!parameters.ok && parameters.status === 404) {
    return [failed(CHECK, `${title} does not exist, so namespaces of Functions only refuse every Pod`, write)];
  }
  if (!parameters.ok) return [unanswered(CHECK, title, parameters)];
  if (!configuration.ok) return [unanswered(CHECK, `ConfigMap ${namespace}/${CONFIG_MAP}`, configuration)];
  const { parseConfiguration } = await import('../../config/load.ts');
  const parsed = parseConfiguration(text(configuration.object, 'data', CONFIG_KEY), CONFIG_KEY);
  // The check of the configuration reports it.
  if ('findings' in parsed) return [];
  const wanted = Object.entries(onlyParameters(parsed.configuration));
  const different = wanted.filter(([key, value]) => field(parameters.object, 'data', key) !== value);
  if (different.length > 0) {
    const keys = different.map(([key]) => key).join(', ');
    return [failed(CHECK, `${title} differs from the configuration in ${keys}`, write)];
  }
  const names = namespaces.ok ? list(namespaces.object, 'items').map((each) => text(each, 'metadata', 'name')) : [];
  return [ok(CHECK, `${title} has the lists of the configuration; ${names.length} namespaces admit Functions only`)];
};
