import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Configuration } from '../../config/configuration.ts';
import { DEFAULT_CONFIGURATION } from '../../config/defaults.ts';
import { readKustomization } from '../../folders/kustomization/read.ts';
import { partsOf, type InputPart } from '../../folders/parts.ts';
import { readSource, type SourceObjects, type SourceOptions } from '../../folders/read-source.ts';
import type { RuntimeCatalogue } from '../../function/runtimes.ts';
import type { ManifestDocument } from '../../manifests/documents.ts';
import { kindOf, nameOf } from '../../kubernetes/object.ts';
import { readManifests, type ReadManifests } from '../../manifests/read.ts';
import { within } from '../../outcome/place.ts';
import type { Template } from '../../manifests/templates.ts';
import type { Finding } from '../../outcome/finding.ts';
import { skippedNote } from '../../report/text.ts';
import { printFindings, printNote } from '../terminal.ts';
import type { FileOptions } from '../options/files.ts';

/** What a subcommand works on. */
export interface Input {
  readonly configuration: Configuration;
  readonly documents: readonly ManifestDocument[];
}

/**
 * Reads what the command line names; what is wrong with it is printed.
 *
 * @returns undefined if anything is wrong
 */
export async function readInput(files: FileOptions, config: string | undefined): Promise<Input | undefined> {
  const configuration = await readConfiguration(config);
  const { documents, findings, skipped } = await readFiles(files, configuration ?? DEFAULT_CONFIGURATION);
  printFindings('error', findings);
  if (skipped.length > 0) printNote(skippedNote(skipped));
  return findings.length > 0 || configuration === undefined ? undefined : { configuration, documents };
}

/** Reads what the command line names: files, and folders of each kind, which are reported. */
async function readFiles(
  { filename, recursive = false, runtime, name }: FileOptions,
  { runtimes }: Pick<Configuration, 'runtimes'>,
): Promise<ReadManifests> {
  const { parts, findings, skipped } = await partsOf(filename, recursive);
  const read = await readParts(parts, sourceOptions({ runtime, name }, runtimes));
  return { ...read, findings: [...findings, ...read.findings], skipped: [...skipped, ...read.skipped] };
}

/** Reads parts of the input in order; what is wrong with one hides none of the others. */
export async function readParts(parts: readonly InputPart[], options: SourceOptions): Promise<ReadManifests> {
  const read: ReadManifests[] = [];
  for (const part of parts) read.push(await readPart(part, options));
  return {
    documents: read.flatMap(({ documents }) => documents),
    findings: read.flatMap((each) => each.findings),
    skipped: read.flatMap((each) => each.skipped),
  };
}

export const sourceOptions = (
  { runtime, name }: { readonly runtime?: string | undefined; readonly name?: string | undefined },
  runtimes: RuntimeCatalogue,
): SourceOptions => ({
  runtimes,
  ...(runtime !== undefined && { runtime }),
  ...(name !== undefined && { name }),
});

/** Reads one part of the input, and reports what a folder is. */
async function readPart({ kind, path }: InputPart, options: SourceOptions): Promise<ReadManifests> {
  switch (kind) {
    case 'file':
      return readPlain(path);
    case 'manifests':
      printNote(`${path}: a folder of manifests`);
      return readPlain(path);
    case 'kustomization': {
      printNote(`${path}: a kustomization`);
      return { ...NOTHING, ...(await readKustomization(path)) };
    }
    case 'source': {
      const source = await readSource(path, options);
      if ('findings' in source) return { ...NOTHING, findings: source.findings };
      printSource(path, source);
      return { ...NOTHING, documents: source.documents };
    }
  }
}

const NOTHING: ReadManifests = { documents: [], findings: [], skipped: [] };

const readPlain = (name: string): Promise<ReadManifests> =>
  readManifests([name], {
    files: { stat, lstat, readFile: (file) => readFile(file), readdir: (folder) => readdir(folder) },
    stdin: () => buffer(process.stdin),
  });

/** Reports what a folder was taken for, and what of it was left out. */
function printSource(folder: string, { name, runtime, secrets }: SourceObjects): void {
  printNote(`${folder}: the source of a Function, ${name}, on ${runtime.name} (${runtime.from})`);
  if (secrets.length === 0) return;
  printFindings('warning', [
    {
      problem: `left out of the source, as they may be secret: ${secrets.join(', ')}`,
      fix: 'give the Function what is in them with a Secret, in env or in a volume',
    },
  ]);
}

/** The configuration's file, or the built-in one; what is wrong with it is printed. */
export async function readConfiguration(file: string | undefined): Promise<Configuration | undefined> {
  if (file === undefined) return DEFAULT_CONFIGURATION;
  const { loadConfiguration } = await import('../../config/load.ts');
  const loaded = await loadConfiguration(file);
  if ('configuration' in loaded) {
    printFindings('warning', loaded.warnings);
    return loaded.configuration;
  }
  printFindings('error', loaded.findings);
  return undefined;
}

/** `FILE: document 2 (Deployment hello)`, for messages. */
export function describe(document: ManifestDocument): string {
  const { origin } = document;
  if (origin?.document !== undefined) return describe(origin.document);
  if (origin !== undefined) return `${origin.file}: ${kindOf(document.object)} ${nameOf(document.object)}`;
  return `${document.file}: document ${document.index} (${kindOf(document.object)} ${nameOf(document.object)})`;
}

/** Findings of a template with the field as the document has it. */
export const withinDocument = (findings: readonly Finding<string>[], template: Template): readonly Finding<string>[] =>
  within(template.path, findings);
