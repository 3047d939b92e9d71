import { randomUUID } from 'node:crypto';
import type { V1Pod } from '@kubernetes/client-node';
import { FUNCTION_LABEL } from '../function/keys.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import type { ManifestDocument } from '../manifests/documents.ts';
import { functionLabelOf } from '../manifests/config-map-source.ts';
import { findTemplates, type Template } from '../manifests/templates.ts';
import type { RunFailure } from './failure.ts';

/** A Pod template that is a Function. */
export interface FunctionTemplate {
  /** Of the Function. */
  readonly name: string;
  readonly document: ManifestDocument;
  readonly template: Template;
}

/** Every Function of the input, in order. */
export function functionsOf(documents: readonly ManifestDocument[]): readonly FunctionTemplate[] {
  return documents.flatMap((document) =>
    findTemplates(document.object).flatMap((template) => {
      const name = functionLabelOf(template.template);
      return name === undefined ? [] : [{ name, document, template }];
    }),
  );
}

/**
 * Chooses the Function to run.
 *
 * @param wanted name of a Function, or KIND/NAME of its workload; not needed if there is only one
 */
export function chooseFunction(
  functions: readonly FunctionTemplate[],
  wanted: string | undefined,
): FunctionTemplate | RunFailure {
  const matching = functions.filter(
    (each) => wanted === undefined || wanted === each.name || wanted === workloadOf(each),
  );
  const [first, second] = matching;
  if (first !== undefined && second === undefined) return first;
  const listed = functions.map((each) => `${each.name} (${workloadOf(each)})`).join(', ');
  if (functions.length === 0) {
    return {
      kind: 'wrong-input',
      problem: `no Pod template of the input carries the label ${FUNCTION_LABEL}`,
      fix: 'name a file with a Function; the label belongs to the metadata of the Pod template',
    };
  }
  if (first === undefined) {
    return {
      kind: 'wrong-input',
      problem: `the input has no Function "${wanted ?? ''}"`,
      fix: `the input has ${listed}`,
    };
  }
  return {
    kind: 'wrong-input',
    problem: `the input has several Functions${wanted === undefined ? '' : ` "${wanted}"`}: ${listed}`,
    fix: 'choose one with --function NAME, or KIND/NAME of its workload',
  };
}

/** @example workloadOf(template) // 'Deployment/hello' */
export const workloadOf = ({ template: { kind, name } }: FunctionTemplate): string => `${kind}/${name}`;

/**
 * The Pod that a workload's controller would create from an injected template: with a name and a namespace.
 *
 * @param namespace of objects that name none
 */
export function createPod({ template }: FunctionTemplate, injected: PodLike, namespace: string): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    ...(injected.spec !== undefined && { spec: injected.spec }),
    metadata: {
      ...injected.metadata,
      name: template.kind === 'Pod' ? template.name.replace(/\*$/, 'local') : `${template.name}-local`,
      namespace: template.namespace ?? namespace,
      uid: randomUUID(),
    },
  };
}
