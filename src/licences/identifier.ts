import current from 'spdx-license-ids/index.json' with { type: 'json' };
import deprecated from 'spdx-license-ids/deprecated.json' with { type: 'json' };

/** Other characters may turn a name into its opposite. */
const NAME = /^[A-Za-z0-9.+ ,"'-]+$/;
/** Words that say nothing. */
const FILLERS = new Set(['the', 'license', 'licence', 'version', 'v']);

/** What identifiers and names have in common, however they are written: `apache 2.0`. */
const plainForm = (text: string): string =>
  text
    .toLowerCase()
    .split(/[^a-z0-9.+]+/)
    .map((word) => (/^v\d/.test(word) ? word.slice(1) : word))
    .filter((word) => word !== '' && !FILLERS.has(word))
    .join(' ');

const byForm = new Map<string, string>();
const ambiguous = new Set<string>();
for (const identifier of [...current, ...deprecated]) {
  const form = plainForm(identifier);
  if (byForm.has(form)) ambiguous.add(form);
  byForm.set(form, identifier);
}

/**
 * The identifier that a name means without doubt.
 *
 * @param text of bounded length
 * @returns undefined if it could be several, or none; no version is guessed
 * @example identifierOf('Apache License, Version 2.0') // 'Apache-2.0'
 */
export function identifierOf(text: string): string | undefined {
  if (!NAME.test(text)) return undefined;
  const form = plainForm(text);
  return ambiguous.has(form) ? undefined : byForm.get(form);
}

/** Every identifier that SPDX has or had. */
export const IDENTIFIERS: readonly string[] = [...current, ...deprecated];
