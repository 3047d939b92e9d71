import type { Preinstalled } from './languages/preinstalled.ts';
import type { Note } from './note.ts';

/** The dependency file of a converted Function. */
export interface ConvertedDependencies {
  /** Absent if there is nothing to install. */
  readonly text?: string;
  readonly notes: readonly Note[];
}

/** Where a converted Function has its dependency file. */
export const FIELD = 'spec.source.inline.dependencies';

/** Those that no other package of the list brings along. */
export const notWith =
  (names: readonly string[]) =>
  ({ with: carriers = [] }: Preinstalled): boolean =>
    !carriers.some((carrier) => names.includes(carrier));

export const addition = ({ name, version }: Preinstalled): Note => ({
  kind: 'added',
  field: FIELD,
  text: `${name} ${version}, which the code imports and Kyma's image carried without a declaration`,
});
