import { NAMESPACE_ENABLED, NAMESPACE_LABEL } from '../../function/keys.ts';
import { ENTRIES, NAMESPACE_ENTRY } from '../../installation/names.ts';
import { failed, ok, unanswered, type Check, type CheckResult } from '../check.ts';
import { field, text } from '../object.ts';
import { registered, type Entry } from '../registered.ts';

const CHECK = 'Registration';

/** Both webhook configurations: whether the entries are there, and harm nobody else. */
export const registration: Check = async (patient) => {
  const configurations = await registered(patient);
  return configurations.flatMap(({ title, kind, answer, entries }): readonly CheckResult[] => {
    if (!answer.ok) return [unanswered(CHECK, title, answer)];
    const wanted = kind.startsWith('Mutating') ? ENTRIES.mutating : ENTRIES.validating;
    const faults = [
      ...wanted.filter((name) => !entries.some((entry) => entry.name === name)).map((name) => `${name} is missing`),
      ...entries.flatMap(faultsOf),
    ];
    if (faults.length === 0) return [ok(CHECK, `${title} has ${entries.length} entries as shipped`)];
    return [failed(CHECK, `${title}: ${faults.join('; ')}`, 'apply the manifests of this version again')];
  });
};

function faultsOf({ name, object }: Entry): readonly string[] {
  const optIn = text(object, 'namespaceSelector', 'matchLabels', NAMESPACE_LABEL) === NAMESPACE_ENABLED;
  const finalState = name === 'pods.validate.buildless.dev';
  return [
    ...(optIn || name === NAMESPACE_ENTRY ? [] : [`${name} is called for namespaces that did not opt in`]),
    ...(finalState && field(object, 'failurePolicy') !== 'Fail' ? [`${name} does not fail closed`] : []),
    ...(field(object, 'reinvocationPolicy') === 'Never' ? [`${name} is not asked again after other webhooks`] : []),
  ];
}
