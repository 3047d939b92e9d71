import { offlineContext } from '../../../admission/offline.ts';
import { runSource } from '../../../admission/run-source.ts';
import type { Configuration } from '../../../config/configuration.ts';
import { parseDefinition } from '../../../function/definition.ts';
import { parsePod } from '../../../function/pod-shape.ts';
import { formatSource } from '../../../function/source.ts';
import { locateObjects } from '../../../manifests/located-objects.ts';
import { podTemplateOf } from '../../../manifests/templates.ts';
import { isFailure } from '../../../run/failure.ts';
import { chooseFunction, functionsOf } from '../../../run/functions.ts';
import type { FileOptions } from '../../options/files.ts';
import type { SbomOptions } from '../../options/sbom.ts';
import { readInput, withinDocument } from '../input.ts';
import { printTemplateFindings, sourcePlaces } from '../source-places.ts';
import type { BilledFunction, NotBilled } from './billed-function.ts';

/** @returns the Function of the input; undefined if the input cannot be read, which is printed */
export async function functionInFiles({
  function: wanted,
  config,
  namespace: given = 'default',
  ...options
}: SbomOptions & FileOptions): Promise<
  | {
      readonly found: BilledFunction | NotBilled;
      readonly configuration: Configuration;
      /** Prints what is wrong with the lock, by the names of the author's own files. */
      readonly print?: (findings: NotBilled['findings']) => void;
    }
  | undefined
> {
  const input = await readInput(options, config);
  if (input === undefined) return undefined;
  const { documents, configuration } = input;
  const wrong = (...findings: NotBilled['findings']): { found: NotBilled; configuration: Configuration } => ({
    found: { kind: 'wrong-input', findings },
    configuration,
  });
  const chosen = chooseFunction(functionsOf(documents), wanted);
  if (isFailure(chosen)) return wrong({ problem: chosen.problem, fix: chosen.fix ?? 'see --help' });
  const { template, document } = chosen;
  const parsed = parsePod(podTemplateOf(template));
  if ('findings' in parsed) return wrong(...withinDocument(parsed.findings, template));
  const { pod } = parsed;
  const read = parseDefinition(pod, configuration);
  if ('findings' in read) return wrong(...withinDocument(read.findings, template));
  const { definition } = read;
  const context = offlineContext(documents, configuration, given);
  const { source, lock } = await runSource(template.namespace ?? given, definition, context);
  if (source.type !== 'files') {
    return wrong({
      problem: `the files of ${formatSource(definition.source)} are not in the input`,
      fix: 'name the folder or the file that has them as well',
    });
  }
  const { files } = source;
  const places = sourcePlaces(template, template.namespace ?? given, context, locateObjects(documents, given));
  return {
    found: { definition, pod, files, ...(lock.state === 'merged' && { locked: lock.files }) },
    configuration,
    print: (findings) => {
      printTemplateFindings('error', findings, document, places);
    },
  };
}
