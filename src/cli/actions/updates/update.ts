import { normalizeName } from '../../../dependencies/python/format/names.ts';
import { isFailure } from '../../../lock/lock.ts';
import { nearest } from '../../../outcome/nearest.ts';
import type { Pin } from '../../../updates/pin.ts';
import { EXIT, type ExitStatus } from '../../exit.ts';
import type { UpdateOptions } from '../../options/updates.ts';
import { printFindings, printNote } from '../../terminal.ts';
import { admissionContext } from '../lock/admitted.ts';
import { reportLocks, showFiles, writeFiles } from '../lock/conclude.ts';
import type { NotLocked } from '../lock/outcome.ts';
import { beforeOf, directOf } from './look-up.ts';
import { printFailures, said } from './messages.ts';
import { moveSource, type Part } from './move-source.ts';
import { openSources, type OpenSource } from '../lock/open-sources.ts';
import { deniedOf } from '../read-denied.ts';

/** `buildless update`. */
export async function update(options: UpdateOptions): Promise<ExitStatus> {
  const opened = await openSources(options);
  if (opened === undefined) return EXIT.wrongInput;
  const { sources, configuration } = opened;
  const unknown = unknownNames(sources, options.names);
  if (unknown.length > 0) {
    printFindings('error', unknown);
    return EXIT.wrongInput;
  }
  const denied = deniedOf(options.denied, configuration);
  if (denied.problems.length > 0) {
    printFindings('error', denied.problems);
    return EXIT.wrongInput;
  }
  const admission = admissionContext(configuration, denied.list);
  const before = beforeOf(options, new Date());
  const failures: NotLocked[] = [...opened.failures];
  let moved = 0;
  for (const source of sources) {
    const parts: Part[] = [];
    for (const target of source.targets) {
      if (isFailure(target)) failures.push({ ...target, where: source.where, wrongInput: true });
      else parts.push({ target, pins: directOf(source, target).pins.filter((pin) => isNamed(pin, options.names)) });
    }
    const result = await moveSource(source, parts, admission, options, before);
    failures.push(...result.failures);
    moved += result.moves.length;
    for (const { pin, version, published } of result.moves) {
      const when = published === undefined ? '' : ` (published ${published.slice(0, 10)})`;
      printNote(`${source.where}: ${pin.file}:${pin.line}: ${pin.name} ${pin.version} -> ${version}${when}`);
    }
    for (const { pin, withdrawn, version } of result.withdrawn) {
      const problem = `${pin.name} ${pin.version} was withdrawn: ${said(withdrawn)}`;
      const fix = version === undefined ? 'use another package, or try --major' : `${version} takes its place`;
      printFindings('warning', [{ problem, fix }], `${source.where}: ${pin.file}:${pin.line}`);
    }
    const refused = failures.length > 0 ? undefined : source.take(result.files, result.locks);
    if (refused !== undefined) failures.push({ ...refused, where: source.where });
  }
  const changed = failures.length > 0 ? [] : opened.changed();
  failures.push(...changed.filter((each) => 'problem' in each));
  printFailures(failures);
  if (failures.length > 0) {
    return failures.some(({ wrongInput }) => wrongInput === true) ? EXIT.wrongInput : EXIT.refused;
  }
  const files = changed.filter((each) => 'after' in each);
  reportLocks(files);
  if (moved === 0) printNote('Nothing to update: every pin is at the newest version that is allowed.');
  else if (options.write) await writeFiles(files, 'updated');
  else process.stdout.write(await showFiles(files));
  return files.some(({ locks }) => locks.some(({ remaining }) => remaining.length > 0)) ? EXIT.refused : EXIT.done;
}

/** Python has one name for `Flask_Login` and `flask-login`; npm has no capitals. */
const isNamed = ({ name }: Pin, names: readonly string[]): boolean =>
  names.length === 0 || names.some((each) => each === name || normalizeName(each) === normalizeName(name));

function unknownNames(
  sources: readonly OpenSource[],
  names: readonly string[],
): readonly { readonly problem: string; readonly fix: string }[] {
  if (names.length === 0) return [];
  const direct = sources.flatMap((source) =>
    source.targets.flatMap((target) => (isFailure(target) ? [] : [directOf(source, target)])),
  );
  const pins = direct.flatMap((each) => each.pins);
  return names.flatMap((name) => {
    if (pins.some((pin) => isNamed(pin, [name]))) return [];
    const other = direct.flatMap(({ unpinned }) => unpinned).find((each) => each.name === name);
    if (other !== undefined) {
      return [
        {
          problem: `${name} is not pinned to one version: ${other.reason} (${other.spec})`,
          fix: 'pin it, or use "buildless lock --refresh", which takes the newest version in the range',
        },
      ];
    }
    const near = nearest(name, [...new Set(pins.map((pin) => pin.name))]);
    const fix = near === undefined ? '"buildless outdated" lists them' : `did you mean ${near}?`;
    return [{ problem: `no source pins a dependency named ${name}`, fix: `${fix}; files are given with -f` }];
  });
}
