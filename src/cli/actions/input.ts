import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Configuration } from '../../config/configuration.ts';
import { DEFAULT_CONFIGURATION } from '../../config/defaults.ts';
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
 * Reads the files that the command line names; what is wrong with them is printed.
 *
 * @returns undefined if anything is wrong
 */
export async function readInput(files: FileOptions, config: string | undefined): Promise<Input | undefined> {
  const configuration = await readConfiguration(config);
  const { documents, findings, skipped } = await readFiles(files);
  printFindings('error', findings);
  if (skipped.length > 0) printNote(skippedNote(skipped));
  return findings.length > 0 || configuration === undefined ? undefined : { configuration, documents };
}

/** Reads the files that the command line names. */
export const readFiles = ({ filename, recursive = false }: FileOptions): Promise<ReadManifests> =>
  readManifests(filename, {
    files: { stat, lstat, readFile: (file) => readFile(file), readdir: (folder) => readdir(folder) },
    stdin: () => buffer(process.stdin),
    recursive,
  });

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
  return `${document.file}: document ${document.index} (${kindOf(document.object)} ${nameOf(document.object)})`;
}

/** Findings of a template with the field as the document has it. */
export const withinDocument = (findings: readonly Finding<string>[], template: Template): readonly Finding<string>[] =>
  within(template.path, findings);
