import { partsOf, type InputPart } from '../../../folders/parts.ts';
import { isFailure } from '../../../lock/lock.ts';
import { skippedNote } from '../../../report/text.ts';
import { EXIT, type ExitStatus } from '../../exit.ts';
import type { LockOptions } from '../../options/lock.ts';
import { printFindings, printNote } from '../../terminal.ts';
import { readConfiguration, readParts, sourceOptions } from '../input.ts';
import { openSourceFolder, type SourceFolder } from '../source-folder.ts';
import { chosenRuntime, runtimeOfFolder } from './chosen-runtime.ts';
import { conclude } from './conclude.ts';
import { lockFolder } from './folders.ts';
import { lockManifests } from './manifests.ts';
import type { Locked } from './outcome.ts';

/** `buildless lock`. */
export async function lock(options: LockOptions): Promise<ExitStatus> {
  const configuration = await readConfiguration(options.config);
  if (configuration === undefined) return EXIT.wrongInput;
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
  const findings = [...located.findings, ...input.findings];
  const skipped = [...located.skipped, ...input.skipped];
  printFindings('error', findings);
  if (skipped.length > 0) printNote(skippedNote(skipped));
  const runtime = chosenRuntime(options.runtime, configuration);
  if (isFailure(runtime)) printFindings('error', [runtime]);
  if (findings.length > 0 || isFailure(runtime)) return EXIT.wrongInput;
  const results: Locked[] = [];
  for (const folder of folders) {
    const own = options.runtime === undefined ? runtimeOfFolder(folder.folder, configuration) : runtime;
    results.push(...(await lockFolder(folder, configuration, own, options)));
  }
  results.push(...(await lockManifests(input.documents, configuration, runtime, options)));
  return await conclude(results, options);
}
