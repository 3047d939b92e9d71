/** The Pods of ./services.ts, as the controllers of Knative and Kubernetes made them; see ./cluster/serving.test.ts. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { parse, stringify } from 'yaml';

/** What is another in each cluster. */
const ANY_UID = '00000000-0000-0000-0000-000000000000';
const KEY_OF_UID = /^serving\.knative\.dev\/[a-z]+UID$/;
const ANY_NAMESPACE = 'default';
const TOKEN_VOLUME = /^kube-api-access-[a-z0-9]{5}$/;

export interface PodTemplate {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

const fileOf = (name: string): string => path.join(import.meta.dirname, 'pods', `${name}.yaml`);

export const keptPod = (name: string): PodTemplate => parse(readFileSync(fileOf(name), 'utf8')) as PodTemplate;

/** @param makers what made it, with versions */
export function keepPod(name: string, pod: PodTemplate, makers: string): void {
  const origin = `# Written by \`UPDATE_GOLDEN=1 npm run test:knative\`: the Pod of the Service ${name} (../services.ts) as it comes to admission webhooks.\n# Made by ${makers}.\n`;
  writeFileSync(fileOf(name), `${origin}${stringify(pod, { singleQuote: true })}`);
}

/** A Pod of a cluster without what is another in each: names, identities, the namespace. */
export function comparable({ metadata, spec }: V1Pod): PodTemplate {
  const labels = Object.entries(metadata?.labels ?? {}).filter(([key]) => key !== 'pod-template-hash');
  const text = JSON.stringify({
    metadata: {
      namespace: metadata?.namespace,
      labels: Object.fromEntries(labels),
      annotations: metadata?.annotations,
    },
    spec,
  });
  return JSON.parse(text, (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (KEY_OF_UID.test(key)) return ANY_UID;
    if (value === metadata?.namespace) return ANY_NAMESPACE;
    return TOKEN_VOLUME.test(value) ? 'kube-api-access-00000' : value;
  }) as PodTemplate;
}
