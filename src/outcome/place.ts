/** A step of a path: the name of a field, an index of a list, or a key that a map such as `labels` was given. */
export type FieldStep = string | number | { readonly key: string };

/** The way to a field from the root of its object, e.g. `['spec', 'containers', 0, 'image']`. */
export type FieldPath = readonly FieldStep[];

/** An object that a review reads besides the one that it is about. */
export type OtherObject =
  | { readonly kind: 'ConfigMap'; readonly name: string }
  /** Without a name: the namespace of the reviewed object. */
  | { readonly kind: 'Namespace'; readonly name?: string };

/** Where a finding is: a field of an object, a file, or both. */
export interface Place {
  /** Has the field; the reviewed object if absent. */
  readonly object?: OtherObject;
  readonly field?: FieldPath;
  /** A file of the source, e.g. `package.json`, or the configuration's. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based, in UTF-16 code units as editors count. */
  readonly column?: number;
}

export const annotationField = (key: string): FieldPath => ['metadata', 'annotations', { key }];
export const labelField = (key: string): FieldPath => ['metadata', 'labels', { key }];

/**
 * Findings of a part of an object, such as a Pod template or a container, with fields from the root of the object. Those
 * of other objects and files stay as they are.
 *
 * @param prefix of the part, e.g. `['spec', 'template']`; empty for the whole object
 */
export const within = <Found extends Place>(prefix: FieldPath, findings: readonly Found[]): readonly Found[] =>
  prefix.length === 0
    ? findings
    : findings.map((finding) =>
        finding.field === undefined || finding.object !== undefined
          ? finding
          : { ...finding, field: [...prefix, ...finding.field] },
      );

/** The same path as keys and indices of the value that it leads through. */
export const keysOf = (field: FieldPath): readonly (string | number)[] =>
  field.map((step) => (typeof step === 'object' ? step.key : step));

/**
 * As `kubectl explain` and the API server write it.
 *
 * @example formatField(['spec', 'containers', 0, 'env']) // 'spec.containers[0].env'
 * @example formatField(annotationField('buildless.dev/runtime')) // 'metadata.annotations[buildless.dev/runtime]'
 */
export function formatField(field: FieldPath): string {
  let text = '';
  for (const step of field) {
    if (typeof step === 'string') text += text === '' ? step : `.${step}`;
    else text += `[${typeof step === 'number' ? step : step.key}]`;
  }
  return text;
}

/**
 * For a person to find the place. Only for reading: programs get the parts.
 *
 * @example formatPlace({ file: 'package.json', line: 4 }) // 'package.json:4'
 * @example formatPlace({ object: { kind: 'ConfigMap', name: 'shop' }, field: ['data'] }) // 'configmap/shop data'
 */
export function formatPlace({ object, field = [], file, line, column }: Place): string {
  const inFile = file === undefined ? '' : [file, line, column].filter(isGiven).join(':');
  return [formatObject(object), formatField(field), inFile].filter((part) => part !== '').join(' ');
}

function formatObject(object: OtherObject | undefined): string {
  if (object === undefined) return '';
  if (object.kind === 'ConfigMap') return `configmap/${object.name}`;
  return [object.kind, object.name].filter(isGiven).join(' ');
}

const isGiven = (part: string | number | undefined): boolean => part !== undefined;
