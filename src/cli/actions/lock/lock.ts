import { isFailure } from '../../../lock/lock.ts';
import { EXIT, type ExitStatus } from '../../exit.ts';
import type { LockOptions } from '../../options/lock.ts';
import { printFindings } from '../../terminal.ts';
import { readConfiguration, readInput } from '../input.ts';
import { openSourceFolder } from '../source-folder.ts';
import { chosenRuntime } from './chosen-runtime.ts';
import { conclude } from './conclude.ts';
import { lockFolder } from './folders.ts';
import { lockManifests } from './manifests.ts';
import type { Locked } from './outcome.ts';

/** `buildless lock`. */
export async function lock(options: LockOptions): Promise<ExitStatus> {
  const opened = await Promise.all(
    options.filename.map(async (name) => ({ name, folder: await openSourceFolder(name) })),
  );
  const manifests = opened.filter(({ folder }) => folder === undefined).map(({ name }) => name);
  const configuration = await readConfiguration(options.config);
  const input =
    manifests.length === 0 ? { documents: [] } : await readInput({ ...options, filename: manifests }, undefined);
  if (configuration === undefined || input === undefined) return EXIT.wrongInput;
  const runtime = chosenRuntime(options.runtime, configuration);
  if (isFailure(runtime)) {
    printFindings('error', [runtime]);
    return EXIT.wrongInput;
  }
  const results: Locked[] = [];
  for (const { folder } of opened) {
    if (folder !== undefined) results.push(...(await lockFolder(folder, configuration, runtime, options)));
  }
  results.push(...(await lockManifests(input.documents, configuration, runtime, options)));
  return await conclude(results, options);
}
