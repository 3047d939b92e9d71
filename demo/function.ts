import type { V1Pod } from '@kubernetes/client-node';
import type { Configuration } from '../src/config/configuration.ts';
import type { ManifestDocument } from '../src/manifests/documents.ts';
import { indexResources } from '../src/manifests/resources.ts';
import { Journal, type Output } from '../src/run/journal.ts';
import { LocalFunction } from '../src/run/local-function.ts';

export interface RunningFunction {
  readonly name: string;
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export interface StartOptions {
  readonly name: string;
  /** As the webhook patched it. */
  readonly pod: V1Pod;
  readonly documents: readonly ManifestDocument[];
  readonly configuration: Configuration;
  readonly signal: AbortSignal;
  readonly output: Output;
  readonly onPhase: (phase: string, milliseconds: number, ok: boolean) => void;
}

/** Runs a patched Pod on this machine, on any free port, with what `buildless run` is made of. */
export async function startFunction({
  pod,
  documents,
  configuration,
  output,
  ...options
}: StartOptions): Promise<RunningFunction> {
  const { name } = options;
  const local = await LocalFunction.open({
    ...options,
    runtimes: configuration.runtimes,
    port: 0,
    environment: process.env,
    journal: new Journal(output),
  });
  try {
    // The API server completes the name of a Pod that its controller gave the beginning of.
    const named = { ...pod, metadata: { ...pod.metadata, name: pod.metadata?.name ?? `${name}-demo` } };
    const failure = await local.run(named, indexResources(documents));
    if (failure !== undefined) throw new Error([failure.problem, failure.fix].filter(Boolean).join('; '));
    if (local.url === undefined) throw new Error(`${name} has no server`);
    return { name, url: local.url, stop: () => local.close() };
  } catch (error) {
    await local.close();
    throw error;
  }
}
