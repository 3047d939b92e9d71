import type { Configuration } from '../config/configuration.ts';
import type { FunctionDefinition } from '../function/definition.ts';
import { inspect } from '../inject/inject.ts';
import type { Finding } from '../outcome/finding.ts';
import type { Holder } from './holder.ts';

/**
 * The Function of a template.
 *
 * @returns undefined if it is not to be injected, or carries an injection already: that mounts what it names
 */
export function definitionOf(
  { template }: Holder,
  configuration: Configuration,
): { readonly definition: FunctionDefinition } | { readonly findings: readonly Finding[] } | undefined {
  const inspection = inspect(template, configuration);
  switch (inspection.kind) {
    case 'function':
      return { definition: inspection.definition };
    case 'refused':
      return { findings: inspection.findings };
    case 'injected':
    case 'skip':
      return undefined;
  }
}
