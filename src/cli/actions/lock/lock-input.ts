import type { Configuration } from '../../../config/configuration.ts';
import { partsOf, type InputPart } from '../../../folders/parts.ts';
import { isFailure } from '../../../lock/lock.ts';
import type { ManifestDocument } from '../../../manifests/documents.ts';
import { skippedNote } from '../../../report/text.ts';
import type { FileOptions } from '../../options/files.ts';
import { printFindings, printNote } from '../../terminal.ts';
import { readConfiguration, readParts, sourceOptions } from '../input.ts';
import { openSourceFolder, type SourceFolder } from '../source-folder.ts';
import { chosenRuntime, runtimeOfFolder, type ChosenRuntime } from './chosen-runtime.ts';

/** What a command works on that reads and writes the dependencies of sources. */
export interface LockInput {
  readonly configuration: Configuration;
  /** Each with the runtime that it is for. */
  readonly folders: readonly { readonly folder: SourceFolder; readonly runtime: ChosenRuntime }[];
  readonly documents: readonly ManifestDocument[];
  /** Of sources that no Function of the documents names. */
  readonly runtime: ChosenRuntime;
}

/** @returns undefined if the input is wrong, which is printed */
export async function readLockInput(
  options: FileOptions & { readonly config?: string },
): Promise<LockInput | undefined> {
  const configuration = await readConfiguration(options.config);
  if (configuration === undefined) return undefined;
  const { parts, ...located } = await partsOf(options.filename, options.recursive ?? false);
  const folders: SourceFolder[] = [];
  const manifests: InputPart[] = [];
  for (const part of parts) {
    const folder = part.kind === 'file' || part.kind === 'source' ? await openSourceFolder(part.path) : undefined;
    if (part.kind === 'source') printNote(`${part.path}: the source of a Function`);
    if (folder !== undefined) folders.push(folder);
    // A source without dependencies has nothing to lock.
    else if (part.kind !== 'source') manifests.push(part);
  }
  const input = await readParts(manifests, sourceOptions(options, configuration.runtimes));
  const unreadable = folders.flatMap((folder) => folder.unreadable);
  const findings = [...located.findings, ...unreadable, ...input.findings];
  const skipped = [...located.skipped, ...input.skipped];
  printFindings('error', findings);
  if (skipped.length > 0) printNote(skippedNote(skipped));
  const runtime = chosenRuntime(options.runtime, configuration);
  if (isFailure(runtime)) printFindings('error', [runtime]);
  if (findings.length > 0 || isFailure(runtime)) return undefined;
  const runtimeFor = ({ folder }: SourceFolder): ChosenRuntime =>
    options.runtime === undefined ? runtimeOfFolder(folder, configuration) : runtime;
  return {
    configuration,
    folders: folders.map((folder) => ({ folder, runtime: runtimeFor(folder) })),
    documents: input.documents,
    runtime,
  };
}
