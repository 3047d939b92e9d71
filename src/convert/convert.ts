import type { CommentedObject } from '../manifests/commented.ts';
import type { KymaFunction } from './kyma-function.ts';
import { KNOWN_FIELDS } from './kyma-function.ts';
import { NOTE_KINDS, type Note } from './note.ts';
import { convertRuntime, KYMA_RUNTIMES, type ConvertedRuntime } from './runtimes.ts';
import { convertSource, type ConvertedSource, type SourceRefusal } from './source.ts';
import { convertWorkload } from './workload.ts';

export interface ConversionOptions {
  /** Secret with `.npmrc` or `pip.conf` that every Function is to install with. */
  readonly registry?: string;
  /** Names of ConfigMaps that are taken in the Function's namespace. */
  readonly takenConfigMaps: ReadonlySet<string>;
  /** Whether to note what a handler has to change for Kyma's new API. */
  readonly newApiNotes?: boolean;
}

export type Conversion =
  | {
      readonly outcome: 'converted';
      readonly objects: readonly CommentedObject[];
      /** Sorted by kind. */
      readonly notes: readonly Note[];
    }
  | { readonly outcome: 'refused'; readonly refusals: readonly SourceRefusal[] };

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Turns a Function of Kyma into a ConfigMap (where its source is inline), a Deployment and a Service. Pure. */
export function convertFunction(kyma: KymaFunction, options: ConversionOptions): Conversion {
  const { metadata, spec } = kyma;
  const refusals: SourceRefusal[] = [];
  const { name } = metadata;
  if (!DNS_LABEL.test(name)) {
    const fix = 'rename it: at most 63 lower-case letters, digits and "-", beginning and ending with a letter or digit';
    refusals.push({ path: ['metadata', 'name'], problem: `"${name}" is not a DNS label`, fix });
  }
  const runtime = convertRuntime(spec.runtime);
  if (runtime === undefined) {
    const fix = `write one of ${KYMA_RUNTIMES.join(', ')}`;
    refusals.push({ path: ['spec', 'runtime'], problem: `unknown runtime "${spec.runtime}"`, fix });
  }
  for (const [index, { mountPath }] of (spec.secretMounts ?? []).entries()) {
    if (!/^\/buildless(\/|$)/.test(mountPath)) continue;
    const path = ['spec', 'secretMounts', String(index), 'mountPath'];
    refusals.push({ path, problem: `${mountPath} is where the code is mounted`, fix: 'mount the Secret elsewhere' });
  }
  const configMapName = options.takenConfigMaps.has(name) ? `${name}-source` : name;
  const source = runtime === undefined ? undefined : convertSource(kyma, runtime, configMapName);
  if (source !== undefined && 'problem' in source) refusals.push(source);
  if (refusals.length > 0 || runtime === undefined || source === undefined || 'problem' in source) {
    return { outcome: 'refused', refusals };
  }

  const workload = convertWorkload({
    kyma,
    runtime,
    source,
    ...(options.registry !== undefined && { registry: options.registry }),
  });
  const notes: Note[] = [
    ...(runtime.note === undefined ? [] : [{ kind: 'chosen', field: 'spec.runtime', text: runtime.note } as const]),
    ...droppedFields(kyma),
    ...source.notes,
    ...workload.notes,
    ...(options.newApiNotes === true && runtime.api === undefined ? newApiNotes(runtime, source) : []),
  ];
  const objects = [
    ...(source.configMap === undefined ? [] : [source.configMap]),
    workload.deployment,
    workload.service,
  ];
  return {
    outcome: 'converted',
    objects: objects.map((object, index) =>
      index === 0
        ? { ...object, comment: `Function ${name}, converted from ${spec.runtime} of Kyma by buildless convert.` }
        : object,
    ),
    notes: notes.sort((a, b) => NOTE_KINDS.indexOf(a.kind) - NOTE_KINDS.indexOf(b.kind)),
  };
}

function newApiNotes({ language }: ConvertedRuntime, { code }: ConvertedSource): readonly Note[] {
  const { handler } = language.files;
  const changes = code === undefined ? undefined : language.changesForHttp(code);
  if (changes === undefined) {
    return [
      { kind: 'new API', text: 'the code cannot be read, or has no main: compare it with docs/moving-from-kyma.md' },
    ];
  }
  return changes.map(({ line, from, to }) => ({
    kind: 'new API',
    field: `${handler}:${line}`,
    text: `${from} becomes ${to}`,
  }));
}

function droppedFields({ spec }: KymaFunction): readonly Note[] {
  const notes: Note[] = [];
  const drop = (field: string, text: string): void => {
    notes.push({ kind: 'dropped', field, text });
  };
  if (spec.scaleConfig !== undefined) {
    drop(
      'spec.scaleConfig',
      'it is deprecated, and Kyma makes no HorizontalPodAutoscaler of it any more; write one for the Deployment',
    );
  }
  if (spec.resourceConfiguration?.build !== undefined) {
    drop('spec.resourceConfiguration.build', 'nothing is built; the installation has resources in the configuration');
  }
  const profile = spec.resourceConfiguration?.function;
  if (profile?.profile !== undefined && profile.resources !== undefined) {
    drop('spec.resourceConfiguration.function.resources', 'a profile is given too, and it is what Kyma takes');
  }
  if (spec.template !== undefined) {
    notes.push({
      kind: 'changed',
      field: 'spec.template',
      text: "it is deprecated, and Kyma refuses it now; its labels and annotations are the Pod template's",
    });
  }
  for (const key of Object.keys(spec)) {
    if (!KNOWN_FIELDS.includes(key)) drop(`spec.${key}`, 'v1alpha2 has no such field');
  }
  return notes;
}
