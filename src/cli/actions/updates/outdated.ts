import { isFailure } from '../../../lock/lock.ts';
import type { Unpinned } from '../../../updates/pin.ts';
import { EXIT, type ExitStatus } from '../../exit.ts';
import type { OutdatedOptions } from '../../options/updates.ts';
import { coloursFor, printNote } from '../../terminal.ts';
import type { NotLocked } from '../lock/outcome.ts';
import { writeData } from '../write-data.ts';
import { beforeOf, directOf, isKnown, lookUp } from './look-up.ts';
import { printFailures, said } from './messages.ts';
import { openSources } from '../lock/open-sources.ts';
import { outdatedTable, type OutdatedRow } from './table.ts';

/** `buildless outdated`. */
export async function outdated(options: OutdatedOptions): Promise<ExitStatus> {
  const opened = await openSources(options);
  if (opened === undefined) return EXIT.wrongInput;
  const now = new Date();
  const before = beforeOf(options, now);
  const rows: OutdatedRow[] = [];
  const unpinned: (Unpinned & { readonly source: string })[] = [];
  const failures: NotLocked[] = [...opened.failures];
  for (const source of opened.sources) {
    const { where } = source;
    for (const target of source.targets) {
      if (isFailure(target)) {
        failures.push({ ...target, where, wrongInput: true });
        continue;
      }
      const direct = directOf(source, target);
      unpinned.push(...direct.unpinned.map((each) => ({ source: where, ...each })));
      const looked = await lookUp(source, target, direct.pins, options, before);
      if (isFailure(looked)) {
        failures.push({ ...looked, where });
        continue;
      }
      for (const each of looked) {
        const { file, line, name, kind, version } = each.pin;
        if (isFailure(each.standing)) failures.push({ ...each.standing, where: `${where}: ${file}:${line}` });
        if (!isKnown(each)) continue;
        const { withdrawn, ...standing } = each.standing;
        const why = withdrawn === undefined ? {} : { withdrawn: said(withdrawn) };
        rows.push({ source: where, file, line, package: name, kind, current: version, ...standing, ...why });
      }
    }
  }
  if (options.output === 'table') {
    if (rows.length > 0) process.stdout.write(outdatedTable(rows, now, coloursFor(process.stdout)));
    else if (failures.length === 0) printNote('No dependency is pinned to one version.');
    for (const { source, file, line, name, spec, reason } of unpinned) {
      printNote(said(`${source}: ${file}:${line}: ${name} is not listed, because ${reason} (${spec})`));
    }
  } else {
    writeData({ dependencies: rows, unpinned }, options.output);
  }
  printFailures(failures);
  if (failures.length > 0)
    return failures.some(({ wrongInput }) => wrongInput === true) ? EXIT.wrongInput : EXIT.refused;
  return options.exitCode && rows.some(({ newest }) => newest !== undefined) ? EXIT.refused : EXIT.done;
}
