import type { SourceReference } from '../function/source.ts';

/** What the annotation `buildless.dev/status` holds as JSON. */
export interface FunctionStatus {
  /** Of Buildless. */
  readonly version: string;
  /** Name of the Function. */
  readonly function: string;
  readonly runtime: string;
  /** What the Function's container runs. */
  readonly image: string;
  readonly container: string;
  /** Whether the container runs our HTTP server; false where it has its own command. */
  readonly server: boolean;
  readonly source: {
    readonly type: SourceReference['type'];
    /** As `buildless.dev/source` writes it. */
    readonly reference: string;
    /** Of the files as admitted; absent where admission cannot see them. */
    readonly digest?: string;
  };
  /** Names of what was added to the Pod. */
  readonly added: { readonly volumes: readonly string[]; readonly initContainers: readonly string[] };
}

/**
 * Reads the annotation.
 *
 * @returns undefined where it is not one that an injection wrote
 */
export function parseStatus(text: string | undefined): FunctionStatus | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isStatus(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');

function isStatus(value: unknown): value is FunctionStatus {
  if (!isRecord(value) || !isRecord(value.source) || !isRecord(value.added)) return false;
  const texts = ['version', 'function', 'runtime', 'image', 'container'].every((key) => typeof value[key] === 'string');
  const { source, added } = value;
  return (
    texts &&
    typeof value.server === 'boolean' &&
    typeof source.reference === 'string' &&
    isTexts(added.volumes) &&
    isTexts(added.initContainers)
  );
}
