import type { V1Pod } from '@kubernetes/client-node';
import { admit } from '../../admission/admit.ts';
import type { Configuration } from '../../config/configuration.ts';
import { parsePod } from '../../function/pod-shape.ts';
import { locateObjects } from '../../manifests/located-objects.ts';
import { strayKeys } from '../../manifests/stray-keys.ts';
import { offlineContext } from '../../admission/offline.ts';
import { indexResources, type Resources } from '../../manifests/resources.ts';
import { podTemplateOf } from '../../manifests/templates.ts';
import { SKIPS } from '../../outcome/codes.ts';
import type { AuthoredFile } from '../../run/authored-paths.ts';
import { isFailure } from '../../run/failure.ts';
import { chooseFunction, createPod, functionsOf, type FunctionTemplate } from '../../run/functions.ts';
import { installedHere } from '../../run/local-installers.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { printFindings } from '../terminal.ts';
import { exceptionsToday } from './exceptions-today.ts';
import { describe, readInput, withinDocument } from './input.ts';
import { authoredFiles, printTemplateFindings, sourcePlaces } from './source-places.ts';
import type { RunOptions } from '../options/run.ts';

/** A Function of the input, admitted and ready to run. */
export interface FunctionInput {
  readonly chosen: FunctionTemplate;
  /** Injected. */
  readonly pod: V1Pod;
  readonly resources: Resources;
  readonly configuration: Configuration;
  /** The author's own files, by their path in the source. */
  readonly authored: ReadonlyMap<string, AuthoredFile>;
  /** Another one for each other input. */
  readonly state: string;
}

/**
 * Reads the input, chooses the Function and injects it as the webhook would; what is wrong is printed.
 *
 * @returns the exit status where anything is wrong
 */
export async function readFunction(options: RunOptions): Promise<FunctionInput | ExitStatus> {
  const input = await readInput(options, options.config);
  if (input === undefined) return EXIT.wrongInput;
  const { documents, configuration } = input;
  const chosen = chooseFunction(functionsOf(documents), options.function);
  if (isFailure(chosen)) {
    for (const document of documents) printFindings('warning', strayKeys(document.object), describe(document));
    printFindings('error', [{ problem: chosen.problem, ...(chosen.fix !== undefined && { fix: chosen.fix }) }]);
    return EXIT.wrongInput;
  }
  const { document, template } = chosen;
  const where = describe(document);
  const parsed = parsePod(podTemplateOf(template));
  if ('findings' in parsed) {
    printFindings('error', withinDocument(parsed.findings, template), where);
    return EXIT.refused;
  }
  const fromInput = offlineContext(documents, configuration, options.namespace, exceptionsToday(configuration));
  const context = { ...fromInput, installPlan: installedHere };
  const namespace = template.namespace ?? options.namespace;
  const sources = sourcePlaces(template, namespace, context, locateObjects(documents, options.namespace));
  const injection = await admit(parsed.pod, namespace, context);
  printTemplateFindings('warning', withinDocument(injection.warnings, template), document, sources);
  if (injection.outcome === 'refused') {
    printTemplateFindings('error', withinDocument(injection.findings, template), document, sources);
    return EXIT.refused;
  }
  if (injection.outcome === 'skipped' && injection.code !== 'already-injected') {
    const { cause, cure } = SKIPS[injection.code];
    printFindings('error', [{ code: injection.code, problem: `it is not run: ${cause}`, fix: cure }], where);
    return EXIT.wrongInput;
  }
  return {
    chosen,
    pod: createPod(chosen, injection.pod, options.namespace),
    resources: indexResources(documents, options.namespace),
    configuration,
    authored: authoredFiles(sources),
    state: JSON.stringify([configuration, documents.map(({ object }) => object)]),
  };
}
