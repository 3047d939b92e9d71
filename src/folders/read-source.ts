/** The source of a Function as the objects that run it. */
import type { RuntimeCatalogue } from '../function/runtimes.ts';
import type { ManifestDocument } from '../manifests/documents.ts';
import type { Problem } from '../outcome/problem.ts';
import { configMapsOf } from './config-maps.ts';
import { GeneratedDocument } from './generated.ts';
import { functionNameOf } from './name.ts';
import { fileIn } from './paths.ts';
import { runtimeOf, type ChosenRuntime } from './runtime.ts';
import { readSourceFiles } from './source-files.ts';
import { deploymentOf, serviceOf } from './workload.ts';

export interface SourceOptions {
  readonly runtimes: RuntimeCatalogue;
  /** As the user gives them. */
  readonly runtime?: string;
  readonly name?: string;
}

export interface SourceObjects {
  readonly name: string;
  readonly runtime: ChosenRuntime;
  /** ConfigMaps, Deployment and Service, in the order in which they are to be applied. */
  readonly documents: readonly ManifestDocument[];
  /** Files that are left out because they may be secret. */
  readonly secrets: readonly string[];
}

/** @param folder as the command line names it */
export async function readSource(
  folder: string,
  options: SourceOptions,
): Promise<SourceObjects | { readonly findings: readonly Problem[] }> {
  const name = functionNameOf(folder, options.name);
  const runtime = runtimeOf(folder, options.runtime, options.runtimes);
  const read = await readSourceFiles(folder);
  const findings = [name, runtime].filter((each) => typeof each === 'object' && 'problem' in each);
  if (typeof name !== 'string' || 'problem' in runtime || 'findings' in read)
    return { findings: [...findings, ...('findings' in read ? read.findings : [])] };
  const configMaps = configMapsOf(name, read.files);
  if ('problem' in configMaps) return { findings: [{ file: folder, ...configMaps }] };
  const workload = { name, runtime: runtime.name, configMaps: configMaps.map((each) => each.name) };
  const made = [
    ...configMaps.map(({ object, paths }) => ({
      object,
      files: new Map([...paths].map(([key, file]) => [key, fileIn(folder, file)])),
    })),
    ...[deploymentOf(workload), serviceOf(workload)].map((object) => ({ object, files: new Map<string, string>() })),
  ];
  return {
    name,
    runtime,
    documents: made.map(
      ({ object, files }, index) => new GeneratedDocument(object, index + 1, { file: folder, files }),
    ),
    secrets: read.secrets,
  };
}
