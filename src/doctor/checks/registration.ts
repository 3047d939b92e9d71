import { NAMESPACE_LABEL, OPT_INS } from '../../function/keys.ts';
import { ENTRIES, NAMESPACE_ENTRY } from '../../installation/names.ts';
import { failed, ok, unanswered, type Check, type CheckResult } from '../check.ts';
import { field, list, text } from '../object.ts';
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
  const asked = namespacesAsked(object);
  const finalState = name === 'pods.validate.buildless.dev';
  return [
    ...(name === NAMESPACE_ENTRY ? [] : faultsOfSelector(name, asked)),
    ...(finalState && field(object, 'failurePolicy') !== 'Fail' ? [`${name} does not fail closed`] : []),
    // A template's stamp does not depend on what others change in it.
    ...(name.startsWith('pods.') && field(object, 'reinvocationPolicy') === 'Never'
      ? [`${name} is not asked again after other webhooks`]
      : []),
  ];
}

/** The values of the opt-in label that an entry is called for; undefined if it is called for others too. */
function namespacesAsked(entry: unknown): readonly string[] | undefined {
  const selected = text(entry, 'namespaceSelector', 'matchLabels', NAMESPACE_LABEL);
  if (selected !== '') return [selected];
  const expression = list(entry, 'namespaceSelector', 'matchExpressions').find(
    (each) => text(each, 'key') === NAMESPACE_LABEL && text(each, 'operator') === 'In',
  );
  return expression === undefined ? undefined : list(expression, 'values').map(String);
}

function faultsOfSelector(name: string, asked: readonly string[] | undefined): readonly string[] {
  const others = asked?.some((value) => !OPT_INS.some((known) => known === value)) ?? true;
  if (others) return [`${name} is called for namespaces that did not opt in`];
  const missing = OPT_INS.filter((value) => asked?.includes(value) !== true);
  return missing.map((value) => `${name} is not called for namespaces with ${NAMESPACE_LABEL}: ${value}`);
}
