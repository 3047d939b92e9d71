import { isDeepStrictEqual } from 'node:util';
import { NAMESPACE_LABEL, OPT_INS } from '../../function/keys.ts';
import { CONFIG_MAP, ENTRIES, NAMESPACE_ENTRY } from '../../installation/names.ts';
import { isTemplateEntry, templateEntries, type TemplateEntry } from '../../installation/template-entries.ts';
import { failed, ok, unanswered, type Check, type CheckResult, type Patient } from '../check.ts';
import { installedConfiguration } from '../installed-configuration.ts';
import { field, list, text } from '../../kubernetes/fields.ts';
import { registered, type Entry } from '../registered.ts';

const CHECK = 'Registration';

/** Both webhook configurations: whether the entries are there, and harm nobody else. */
export const registration: Check = async (patient) => {
  const [configurations, configuration] = await Promise.all([registered(patient), installedConfiguration(patient)]);
  const validating = configurations.find(({ kind }) => kind.startsWith('Validating'));
  return [
    ...shipped(configurations),
    // The check of the configuration reports one that cannot be read.
    ...(validating?.answer.ok === true && configuration !== undefined
      ? templates(validating.title, validating.entries, templateEntries(configuration, patient.namespace), patient)
      : []),
  ];
};

function shipped(configurations: Awaited<ReturnType<typeof registered>>): readonly CheckResult[] {
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
}

/** The entries for what the configuration has under `templates`. */
function templates(
  title: string,
  entries: readonly Entry[],
  wanted: readonly TemplateEntry[],
  { namespace, configuration }: Patient,
): readonly CheckResult[] {
  const found = entries.filter(({ name }) => isTemplateEntry(name));
  if (wanted.length === 0 && found.length === 0) return [];
  const faults = [
    ...wanted.flatMap((entry) => {
      const object = found.find(({ name }) => name === entry.name)?.object;
      if (object === undefined) return [`${entry.name} is missing`];
      const same = (['rules', 'matchConditions'] as const).every((each) =>
        isDeepStrictEqual(field(object, each), entry[each]),
      );
      return same ? [] : [`${entry.name} is not as the configuration asks`];
    }),
    ...found
      .filter(({ name }) => !wanted.some((entry) => entry.name === name))
      .map(({ name }) => `${name} is for a kind that the configuration does not name; remove it with kubectl edit`),
  ];
  if (faults.length === 0) return [ok(CHECK, `${title} sends ${wanted.length} kinds of the configuration's templates`)];
  return [
    failed(
      CHECK,
      `${title}: ${faults.join('; ')}`,
      `kubectl get configmap ${CONFIG_MAP} -n ${namespace} -o 'jsonpath={.data.config\\.yaml}' | buildless registration -n ${namespace} --config - | kubectl patch validatingwebhookconfiguration ${configuration} --patch-file /dev/stdin`,
    ),
  ];
}

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
