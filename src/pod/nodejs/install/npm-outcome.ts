import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { isJsonObject, type JsonObject } from '../../../json/object.ts';
import { namesIn } from './installed-packages.ts';
import type { InstalledPackage, RecordedPackage } from '../../../installers/installed-package.ts';
import type { NpmOutcome } from '../../../installers/npm-outcome.ts';

/** npm's own record of what it installed. */
const RECORD = 'node_modules/.package-lock.json';

/**
 * Reads what is in the node_modules folders of a source, also in those of its own folders that links lead to. Nothing else
 * happens meanwhile that it could hold up.
 */
export function readNpmOutcome(folder: string): NpmOutcome {
  const root = realpathSync(folder);
  const packages = new Map<string, InstalledPackage>();
  const seen = new Set<string>();

  const readModules = (around: string): void => {
    const modules = around === '' ? 'node_modules' : `${around}/node_modules`;
    // A link in place of the folder could lead anywhere, and round.
    const real = realOf(path.join(root, modules));
    if (real === undefined || seen.has(real)) return;
    seen.add(real);
    for (const name of namesIn(real)) {
      if (!name.startsWith('@')) readPackage(`${modules}/${name}`);
      else for (const inner of namesIn(path.join(real, name))) readPackage(`${modules}/${name}/${inner}`);
    }
  };

  const readPackage = (location: string): void => {
    const place = path.join(root, location);
    const stats = lstatSync(place);
    if (!stats.isSymbolicLink()) {
      const installed = packageIn(place);
      if (installed !== undefined) packages.set(location, installed);
      if (stats.isDirectory()) readModules(location);
      return;
    }
    const target = insideOf(root, realOf(place));
    packages.set(location, { ...(packageIn(place) ?? NOBODY), link: { target } });
    if (target !== undefined && target !== '') readModules(target);
  };

  readModules('');
  return { packages, recorded: readRecord(path.join(root, RECORD)) };
}

const NOBODY: InstalledPackage = { name: '', version: '', bundles: false };

/** @returns undefined if the folder is not a package, such as one that holds a cache of a package */
function packageIn(folder: string): InstalledPackage | undefined {
  const packageJson = readJson(path.join(folder, 'package.json'));
  if (packageJson === undefined) return undefined;
  const bundled = packageJson.bundleDependencies ?? packageJson.bundledDependencies;
  return {
    name: String(packageJson.name),
    version: String(packageJson.version),
    bundles: bundled === true || (Array.isArray(bundled) && bundled.length > 0),
  };
}

function readRecord(file: string): ReadonlyMap<string, RecordedPackage> | undefined {
  const record = readJson(file);
  if (record === undefined || !isJsonObject(record.packages)) return undefined;
  return new Map(
    Object.entries(record.packages).map(([location, entry]) => {
      const { resolved, integrity, inBundle }: JsonObject = isJsonObject(entry) ? entry : {};
      return [
        location,
        {
          inBundle: inBundle === true,
          ...(typeof resolved === 'string' && { resolved }),
          ...(typeof integrity === 'string' && { integrity }),
        },
      ];
    }),
  );
}

function readJson(file: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function realOf(place: string): string | undefined {
  try {
    return realpathSync(place);
  } catch {
    return undefined;
  }
}

function insideOf(root: string, place: string | undefined): string | undefined {
  if (place === undefined) return undefined;
  const inside = path.relative(root, place);
  return inside === '..' || inside.startsWith(`..${path.sep}`) ? undefined : inside;
}
