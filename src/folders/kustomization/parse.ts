/** A kustomization as far as Buildless evaluates it: what `buildless init` writes. The rest is for kubectl. */
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { isObject } from '../../kubernetes/object.ts';
import { parseKubernetesYaml } from '../../manifests/kubernetes-yaml.ts';
import type { Problem } from '../../outcome/problem.ts';
import { plainValue, problemsOfDocument } from '../../yaml/problems.ts';

/** A file that becomes a key. */
export interface FileEntry {
  readonly key: string;
  /** As the kustomization names it. */
  readonly file: string;
}

export interface ConfigMapGenerator {
  readonly name: string;
  readonly files: readonly FileEntry[];
  readonly literals: readonly { readonly key: string; readonly value: string }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly immutable: boolean;
}

export interface Kustomization {
  readonly namespace: string | undefined;
  readonly resources: readonly string[];
  readonly generators: readonly ConfigMapGenerator[];
  /** What it has that only kustomize evaluates, as a message names it; undefined if there is nothing. */
  readonly beyond: string | undefined;
}

const API_VERSION = 'kustomize.config.k8s.io/v1beta1';
const FIELDS = ['apiVersion', 'kind', 'namespace', 'resources', 'configMapGenerator', 'generatorOptions'];
const GENERATOR_FIELDS = ['name', 'files', 'literals', 'options'];
const OPTION_FIELDS = ['labels', 'annotations', 'disableNameSuffixHash', 'immutable'];
/** k8s.io/apimachinery, IsConfigMapKey. */
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** @param file for messages */
export function parseKustomization(
  text: string,
  file: string,
): Kustomization | { readonly findings: readonly Problem[] } {
  const { documents, lines } = parseKubernetesYaml(text);
  const malformed = documents.flatMap((document) => problemsOfDocument(document, { file, lines }));
  if (malformed.length > 0) return { findings: malformed };
  const [document, second] = documents;
  const plain = document === undefined ? { value: {} } : plainValue(document, { file, lines });
  if ('finding' in plain) return { findings: [plain.finding] };
  const value = plain.value ?? {};
  if (!isObject(value) || second !== undefined)
    return {
      findings: [
        { file, problem: 'this is not a kustomization', fix: 'write one map with resources or configMapGenerator' },
      ],
    };
  const reader = new Reader();
  const kustomization = reader.read(value);
  return { ...kustomization, beyond: reader.beyond[0] };
}

/** Reads what it knows, and notes what it does not. */
class Reader {
  readonly beyond: string[] = [];

  read(value: KubernetesObject): Omit<Kustomization, 'beyond'> {
    this.#only(value, FIELDS, '');
    if (![undefined, API_VERSION].some((each) => value.apiVersion === each)) this.beyond.push('this apiVersion');
    if (![undefined, 'Kustomization'].some((each) => value.kind === each)) this.beyond.push('this kind');
    const global = this.#map(value.generatorOptions, 'generatorOptions');
    this.#only(global, OPTION_FIELDS, 'generatorOptions.');
    const { namespace } = value;
    return {
      namespace: namespace === undefined || namespace === '' ? undefined : this.#text(namespace, 'namespace'),
      resources: this.#texts(value.resources, 'resources'),
      generators: this.#list(value.configMapGenerator, 'configMapGenerator').map((each) =>
        this.#generator(this.#map(each, 'configMapGenerator'), global),
      ),
    };
  }

  #generator(value: KubernetesObject, global: KubernetesObject): ConfigMapGenerator {
    this.#only(value, GENERATOR_FIELDS, 'configMapGenerator.');
    const own = this.#map(value.options, 'configMapGenerator.options');
    this.#only(own, OPTION_FIELDS, 'configMapGenerator.options.');
    // Options for all generators add to those of one (kustomize, api/types/generatoroptions.go).
    const either = (field: string): boolean => own[field] === true || global[field] === true;
    const both = (field: string): Readonly<Record<string, string>> => ({
      ...this.#labels(global[field], field),
      ...this.#labels(own[field], field),
    });
    if (!either('disableNameSuffixHash')) this.beyond.push('names with a hash (disableNameSuffixHash is not true)');
    return {
      name: this.#text(value.name, 'configMapGenerator.name'),
      files: this.#texts(value.files, 'configMapGenerator.files').flatMap((entry) => this.#file(entry)),
      literals: this.#texts(value.literals, 'configMapGenerator.literals').flatMap((entry) => this.#literal(entry)),
      labels: both('labels'),
      annotations: both('annotations'),
      immutable: either('immutable'),
    };
  }

  /** `FILE` or `KEY=FILE` (kustomize, api/kv/kv.go, ParseFileSource). */
  #file(entry: string): readonly FileEntry[] {
    const [first = '', second, third] = entry.split('=');
    const file = second ?? first;
    const key = second === undefined ? file.slice(file.lastIndexOf('/') + 1) : first;
    if (third === undefined && file !== '' && KEY.test(key)) return [{ key, file }];
    this.beyond.push(`the file "${entry}"`);
    return [];
  }

  #literal(entry: string): readonly { readonly key: string; readonly value: string }[] {
    const at = entry.indexOf('=');
    const [key, value] = [entry.slice(0, Math.max(at, 0)), entry.slice(at + 1)];
    if (KEY.test(key) && !/^["']|["']$/.test(value)) return [{ key, value }];
    this.beyond.push(`the literal of "${key}"`);
    return [];
  }

  #only(value: KubernetesObject, fields: readonly string[], within: string): void {
    const unknown = Object.keys(value).find((field) => !fields.includes(field));
    if (unknown !== undefined) this.beyond.push(`${within}${unknown}`);
  }

  #map(value: unknown, field: string): KubernetesObject {
    if (value === undefined || value === null) return {};
    if (isObject(value)) return value;
    this.beyond.push(field);
    return {};
  }

  #labels(value: unknown, field: string): Readonly<Record<string, string>> {
    const entries = Object.entries(this.#map(value, field));
    return Object.fromEntries(entries.map(([key, text]) => [key, this.#text(text, field)]));
  }

  #list(value: unknown, field: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.beyond.push(field);
    return [];
  }

  #texts = (value: unknown, field: string): readonly string[] =>
    this.#list(value, field).map((each) => this.#text(each, field));

  #text(value: unknown, field: string): string {
    if (typeof value === 'string' && value !== '') return value;
    this.beyond.push(field);
    return '';
  }
}
