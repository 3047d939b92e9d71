import { existsSync, linkSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { type LockEntry, MODULES } from '../../dependencies/npm/lock/entry.ts';
import type { LockLayout } from '../../installers/lock-layout.ts';

/**
 * Moves packages to where the lock has them. Copies are hard links, as an installer's own are: nobody writes to them.
 *
 * @param folder with node_modules
 * @param scratch on the same volume, for what is on its way
 */
export function layOut(layout: LockLayout, wanted: Iterable<LockEntry>, folder: string, scratch: string): void {
  if (layout.taken.length === 0 && layout.filled.length === 0) return;
  mkdirSync(scratch, { recursive: true });
  const moved = new Map<string, string>();
  for (const location of layout.taken) {
    const place = path.join(scratch, String(moved.size));
    renameSync(path.join(folder, location), place);
    // Packages inside of it were taken before; the commands of that are left.
    rmSync(path.join(place, 'node_modules'), { recursive: true, force: true });
    moved.set(location, place);
  }
  for (const { location, by } of layout.filled) {
    const to = path.join(folder, location);
    // A folder without a package.json is not a package, and was not taken.
    rmSync(to, { recursive: true, force: true });
    mkdirSync(path.dirname(to), { recursive: true });
    if ('copyOf' in by) linkTree(path.join(folder, by.copyOf), to);
    else renameSync(moved.get(by.taken) ?? '', to);
  }
  linkCommands(wanted, layout.taken, folder);
}

function linkTree(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.isFile()) linkSync(source, target);
    else if (entry.name !== 'node_modules') linkTree(source, target);
  }
}

/** Makes the `.bin` folders again, as npm does: of two commands with one name the first counts. */
function linkCommands(wanted: Iterable<LockEntry>, taken: readonly string[], folder: string): void {
  const packages = [...wanted].sort((a, b) => (a.location < b.location ? -1 : 1));
  const binOf = (location: string): string =>
    path.join(folder, location.slice(0, location.lastIndexOf(MODULES) + MODULES.length), '.bin');
  for (const location of [...taken, ...packages.map((node) => node.location)]) {
    rmSync(binOf(location), { recursive: true, force: true });
  }
  for (const { location, name, bin } of packages) {
    if (location === '') continue;
    for (const [command, file] of Object.entries(bin)) {
      const link = path.join(binOf(location), path.basename(command));
      mkdirSync(path.dirname(link), { recursive: true });
      // Inside of the package, whatever the lock says.
      if (!existsSync(link)) symlinkSync(path.posix.join('..', name, path.posix.join('/', String(file))), link);
    }
  }
}
