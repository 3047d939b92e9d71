import { CONVERSIONS } from './languages.ts';
import type { ConvertRow } from './languages/row.ts';

/** What takes the place of a runtime of Kyma. */
export interface ConvertedRuntime {
  readonly language: ConvertRow;
  readonly runtime: string;
  readonly api?: 'http';
  readonly note?: string;
}

const RUNTIMES: ReadonlyMap<string, ConvertedRuntime> = new Map(
  CONVERSIONS.values().flatMap((language) =>
    Object.entries(language.runtimes).map(([name, runtime]) => [name, { language, ...runtime }] as const),
  ),
);

export const KYMA_RUNTIMES: readonly string[] = [...RUNTIMES.keys()];

export const convertRuntime = (name: string): ConvertedRuntime | undefined => RUNTIMES.get(name);
