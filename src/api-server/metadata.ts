/** The parts of an object's metadata that are used here. */
export interface Metadata {
  /** Empty for objects without a namespace. */
  readonly namespace: string;
  /** Empty in a bookmark. */
  readonly name: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Reads the metadata of an object as the API server sends it; undefined if there is none. */
export function parseMetadata(object: object): Metadata | undefined {
  const metadata: unknown = 'metadata' in object ? object.metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    namespace: text('namespace' in metadata ? metadata.namespace : ''),
    name: text('name' in metadata ? metadata.name : ''),
    resourceVersion: text('resourceVersion' in metadata ? metadata.resourceVersion : ''),
    labels: textsOf('labels' in metadata ? metadata.labels : undefined),
  };
}

/** A map of texts, such as labels or a ConfigMap's data; what is not a string is left out, as the API allows none. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
