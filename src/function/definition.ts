import type { V1Container } from '@kubernetes/client-node';
import type { PodLike } from '../kubernetes/pod.ts';
import { isEmpty } from '../kubernetes/unset.ts';
import type { RefusalCode } from '../outcome/codes.ts';
import type { Finding } from '../outcome/finding.ts';
import { annotationField, labelField, type FieldPath } from '../outcome/place.ts';
import type { Stamp } from './stamp.ts';
import { APIS, DEFAULT_API, type Api } from './api.ts';
import { parseHandler, type Handler } from './handler.ts';
import {
  ANNOTATIONS,
  AUTO_IMAGE,
  DEFAULT_CONTAINER,
  DEFAULT_HANDLER,
  FUNCTION_LABEL,
  REVISION_ANNOTATION,
} from './keys.ts';
import { installerChoices, type InstallerChoice, installersOfImage, nameEach } from './installers.ts';
import { containersOfAuthor, knativeFormOf, servesKnative, type KnativeForm } from './knative.ts';
import { LANGUAGES } from './languages.ts';
import { nearest } from '../outcome/nearest.ts';
import type { FunctionChoices } from './choices.ts';
import type { Runtime } from './runtimes.ts';
import { readStamp } from './stamp-of-source.ts';
import { parseSource, type SourceReference } from './source.ts';
import { unknownKeys } from './unknown-keys.ts';

/** A Function as its author declared it, checked against what the administrator offers. */
export interface FunctionDefinition {
  readonly name: string;
  readonly runtimeName: string;
  readonly runtime: Runtime;
  readonly source: SourceReference;
  /** The revision that its Pods run; absent from a template that has none, or one of another source. */
  readonly stamp?: Stamp;
  /** Secret with Git credentials. */
  readonly sourceAuth?: string;
  readonly handler: Handler;
  readonly api: Api;
  /** Whether the annotation is there; the default handler of a container with its own command is not looked for. */
  readonly handlerGiven: boolean;
  /** Index in `spec.containers`. */
  readonly containerIndex: number;
  readonly containerName: string;
  /** Whether the container runs our HTTP server: it has no command or args of its own. */
  readonly server: boolean;
  readonly profile: string;
  /** Secret with `.npmrc` or `pip.conf`. */
  readonly registry?: string;
  readonly installer: InstallerChoice;
  readonly installScripts: boolean;
  /** PersistentVolumeClaim. */
  readonly cache?: string;
  /** Set if Knative Serving makes its Pods. */
  readonly knative?: KnativeForm;
}

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const OBJECT_NAME = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Reads label and annotations of a Pod that is a Function.
 *
 * @returns the definition, or everything that is wrong with it
 */
export function parseDefinition(
  pod: PodLike,
  choices: FunctionChoices,
): { readonly definition: FunctionDefinition } | { readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const refuse = (code: RefusalCode, field: FieldPath, wrong: { problem: string; fix: string }): undefined => {
    findings.push({ code, field, problem: wrong.problem, fix: wrong.fix });
    return undefined;
  };
  const annotations = pod.metadata?.annotations ?? {};
  const name = pod.metadata?.labels?.[FUNCTION_LABEL] ?? '';

  if (!DNS_LABEL.test(name)) {
    refuse('invalid-name', labelField(FUNCTION_LABEL), {
      problem: `"${name}" is not a DNS label, so it cannot name a Function`,
      fix: 'use at most 63 lower-case letters, digits and "-", beginning and ending with a letter or digit',
    });
  }
  findings.push(...unknownKeys(pod.metadata ?? {}));
  checkChoice(annotations, ANNOTATIONS.mode, ['buildless', 'disabled'], findings);
  checkChoice(annotations, ANNOTATIONS.installScripts, ['allow', 'deny'], findings);

  const runtimeName = annotations[ANNOTATIONS.runtime]?.trim() ?? '';
  const runtime = Object.hasOwn(choices.runtimes, runtimeName) ? choices.runtimes[runtimeName] : undefined;
  if (runtime === undefined) findings.push(unknownRuntime(runtimeName, Object.keys(choices.runtimes)));

  const source = sourceOfFunction(annotations, name);
  if ('problem' in source) refuse('invalid-annotation', annotationField(ANNOTATIONS.source), source);

  const stamp = 'problem' in source ? undefined : readStamp(annotations[REVISION_ANNOTATION], source);
  if (stamp !== undefined && 'problem' in stamp) {
    refuse('invalid-annotation', annotationField(REVISION_ANNOTATION), stamp);
  }

  const handlerText = annotations[ANNOTATIONS.handler];
  const handler = parseHandler(handlerText ?? DEFAULT_HANDLER);
  if ('problem' in handler) refuse('invalid-annotation', annotationField(ANNOTATIONS.handler), handler);

  const api = readApi(annotations[ANNOTATIONS.api], runtime);
  if (typeof api === 'object') findings.push(api);

  const profile = annotations[ANNOTATIONS.profile] ?? choices.defaultProfile;
  if (!Object.hasOwn(choices.profiles, profile)) {
    refuse('unknown-profile', annotationField(ANNOTATIONS.profile), {
      problem: `unknown resource preset "${profile}"`,
      fix: `choose one of ${Object.keys(choices.profiles).join(', ')}`,
    });
  }

  const installScripts = annotations[ANNOTATIONS.installScripts] === 'allow';
  const installer = readInstaller(annotations[ANNOTATIONS.installer], installScripts, runtimeName, runtime, choices);
  if (typeof installer === 'object') findings.push(installer);

  const objects = [
    [ANNOTATIONS.sourceAuth, 'a Secret'],
    [ANNOTATIONS.registry, 'a Secret'],
    [ANNOTATIONS.cache, 'a PersistentVolumeClaim'],
  ] as const;
  for (const [key, what] of objects) {
    const value = annotations[key];
    if (value !== undefined && !OBJECT_NAME.test(value)) {
      refuse('invalid-annotation', annotationField(key), {
        problem: `"${value}" cannot be the name of ${what}`,
        fix: `name ${what} of the same namespace`,
      });
    }
  }
  if (annotations[ANNOTATIONS.sourceAuth] !== undefined && 'type' in source && source.type !== 'git') {
    refuse('invalid-annotation', annotationField(ANNOTATIONS.sourceAuth), {
      problem: `a ${source.type} source takes no credentials`,
      fix: 'remove the annotation, or use a Git source',
    });
  }

  const knative = knativeFormOf(pod);
  const container = findContainer(pod.spec?.containers ?? [], annotations[ANNOTATIONS.container], knative);
  if ('code' in container) findings.push(container);

  if (
    findings.length > 0 ||
    runtime === undefined ||
    'problem' in source ||
    'problem' in handler ||
    (stamp !== undefined && 'problem' in stamp) ||
    typeof api === 'object' ||
    typeof installer === 'object' ||
    'code' in container
  ) {
    return { findings };
  }
  return {
    definition: {
      name,
      runtimeName,
      runtime,
      source,
      ...(stamp !== undefined && { stamp }),
      handler,
      handlerGiven: handlerText !== undefined,
      api,
      containerIndex: container.index,
      containerName: container.container.name,
      server: isEmpty(container.container.command) && isEmpty(container.container.args),
      profile,
      installer,
      installScripts,
      ...named('sourceAuth', annotations[ANNOTATIONS.sourceAuth]),
      ...named('registry', annotations[ANNOTATIONS.registry] ?? choices.install.registry),
      ...named('cache', annotations[ANNOTATIONS.cache]),
      ...(knative !== undefined && { knative }),
    },
  };
}

function readApi(given: string | undefined, runtime: Runtime | undefined): Api | Finding {
  if (given === undefined || runtime === undefined) return DEFAULT_API;
  const { apis, title } = LANGUAGES.of(runtime.language);
  const api = apis.find((each) => each === given);
  if (api !== undefined) return api;
  const known = APIS.some((each) => each === given);
  return {
    code: 'invalid-annotation',
    field: annotationField(ANNOTATIONS.api),
    problem: known ? `${title} has no handlers of the API "${given}"` : `"${given}" is not an API of handlers`,
    fix: `use ${apis.join(' or ')}, or remove the annotation`,
  };
}

/** The installer that the author or the configuration chooses; `auto` where the runtime is not known. */
function readInstaller(
  given: string | undefined,
  installScripts: boolean,
  runtimeName: string,
  runtime: Runtime | undefined,
  { install }: FunctionChoices,
): InstallerChoice | Finding {
  if (runtime === undefined) return 'auto';
  const known = installerChoices(runtime);
  const byDefault = install.defaultInstaller[runtime.language] ?? 'auto';
  // A default is for all runtimes of a language, and one of them may have no such installer in its image.
  const wanted = given ?? (known.includes(byDefault) ? byDefault : 'auto');
  const allowed = known.filter((choice) => choice === 'auto' || install.installers.includes(choice));
  if (known.length > 1 && allowed.every((each) => each === 'auto')) {
    const names = known.filter((each) => each !== 'auto').join(' or ');
    return {
      code: 'unknown-installer',
      field: annotationField(ANNOTATIONS.runtime),
      problem: `the runtime ${runtimeName} installs with ${names}, which the configuration does not allow`,
      fix: 'choose another runtime, or have the administrator allow it in install.installers',
    };
  }
  const choice = allowed.find((name) => name === wanted);
  const field = annotationField(ANNOTATIONS.installer);
  if (choice === undefined) {
    return {
      code: 'unknown-installer',
      field,
      problem: known.some((name) => name === wanted)
        ? `the configuration does not allow the installer "${wanted}"`
        : `the runtime ${runtimeName} has no installer "${wanted}"`,
      fix: `choose one of ${allowed.join(', ')}`,
    };
  }
  const others = installersOfImage(runtime);
  if (!installScripts || others.some(({ name }) => name === choice)) return choice;
  const own = others.find(({ name }) => install.installers.includes(name));
  if (own === undefined) {
    return {
      code: 'invalid-annotation',
      field: annotationField(ANNOTATIONS.installScripts),
      problem:
        others.length === 0
          ? `the runtime ${runtimeName} has no installer that runs install scripts`
          : `install scripts need ${nameEach(others)}, which the configuration does not allow`,
      fix:
        others.length === 0
          ? 'remove the annotation, or choose another runtime'
          : 'remove the annotation, or have the administrator allow it in install.installers',
    };
  }
  // A default of the configuration gives way to what the author asks for.
  if (choice === 'auto' || given === undefined) return own.name;
  return {
    code: 'invalid-annotation',
    field,
    problem: `${choice} runs no install scripts, as it does not run in the runtime's image`,
    fix: `write ${own.name} or auto, or remove ${ANNOTATIONS.installScripts}`,
  };
}

function named<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
  const result: Partial<Record<Key, string>> = {};
  if (value !== undefined) result[key] = value;
  return result;
}

/** Where a Function's code comes from, whatever else its annotations say: without one, the ConfigMap of its name. */
export function sourceOfFunction(
  annotations: Readonly<Record<string, string>>,
  name: string,
): ReturnType<typeof parseSource> {
  const text = annotations[ANNOTATIONS.source];
  return text === undefined ? { type: 'configmap', names: [name] } : parseSource(text);
}

function checkChoice(
  annotations: Readonly<Record<string, string>>,
  key: string,
  choices: readonly string[],
  findings: Finding[],
): void {
  const value = annotations[key];
  if (value === undefined || choices.includes(value)) return;
  findings.push({
    code: 'invalid-annotation',
    field: annotationField(key),
    problem: `"${value}" is not a value of ${key}`,
    fix: `write ${choices.join(' or ')}`,
  });
}

function unknownRuntime(name: string, known: readonly string[]): Finding {
  const suggestion = nearest(name, known);
  return {
    code: 'unknown-runtime',
    field: annotationField(ANNOTATIONS.runtime),
    problem: name === '' ? `the annotation ${ANNOTATIONS.runtime} is missing` : `unknown runtime "${name}"`,
    fix: `${suggestion === undefined ? '' : `did you mean ${suggestion}? `}choose one of ${known.join(', ')}`,
  };
}

function findContainer(
  containers: readonly V1Container[],
  wanted: string | undefined,
  knative: KnativeForm | undefined,
): { readonly index: number; readonly container: V1Container } | Finding {
  const names = containers.map(({ name }) => name);
  const index = wanted === undefined ? indexOfFunction(containers, knative) : names.indexOf(wanted);
  const container = containers[index];
  if (container !== undefined) return { index, container };
  if (wanted !== undefined || containers.length === 0) {
    return {
      code: 'no-container',
      field: wanted === undefined ? ['spec', 'containers'] : annotationField(ANNOTATIONS.container),
      problem: wanted === undefined ? 'the Pod has no containers' : `the Pod has no container "${wanted}"`,
      fix: names.length === 0 ? 'add a container with image: auto' : `name one of ${names.join(', ')}`,
    };
  }
  return {
    code: 'ambiguous-container',
    field: ['spec', 'containers'],
    problem: `the Pod has several containers (${names.join(', ')}) and none is called "${DEFAULT_CONTAINER}"`,
    fix: `name the Function's with the annotation ${ANNOTATIONS.container}, or give it alone image: ${AUTO_IMAGE}`,
  };
}

/** The single one with `image: auto`, else the one named `function`, else the only one: other webhooks add containers. */
function indexOfFunction(containers: readonly V1Container[], knative: KnativeForm | undefined): number {
  const candidates = knative === undefined ? containers : containersOfAuthor(containers, knative);
  const marked = candidates.filter(({ image }) => image === AUTO_IMAGE);
  const named = candidates.filter(({ name }) => name === DEFAULT_CONTAINER);
  const serving = knative === undefined ? [] : candidates.filter(servesKnative);
  const [container] = [marked, named, candidates, serving].find(({ length }) => length === 1) ?? [];
  return container === undefined ? -1 : containers.indexOf(container);
}
