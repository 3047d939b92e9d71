import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Identity, InstalledPackages } from '../../../installers/same-tree.ts';
import { isJsonObject } from '../../../json/object.ts';

/**
 * Reads what is in the node_modules folders below a folder; nothing else happens meanwhile that it could hold up.
 *
 * A package may be a link, and nothing is read through one: what it leads to is somewhere else in a lock, and two links that
 * lead to each other have no end.
 */
export function readInstalledPackages(root: string): InstalledPackages {
  const packages = new Map<string, Identity>();

  function readModules(folder: string): void {
    const modules = `${folder}node_modules/`;
    if (!isFolder(path.join(root, modules))) return;
    for (const name of namesIn(path.join(root, modules))) {
      if (name.startsWith('@')) {
        if (!isFolder(path.join(root, modules, name))) continue;
        for (const inner of namesIn(path.join(root, modules, name))) readPackage(`${modules}${name}/${inner}`);
      } else readPackage(modules + name);
    }
  }

  function readPackage(folder: string): void {
    const identity = identityIn(path.join(root, folder, 'package.json'));
    if (identity !== undefined) packages.set(folder, identity);
    if (isFolder(path.join(root, folder))) readModules(`${folder}/`);
  }

  readModules('');
  return packages;
}

/** A folder itself, not a link to one. */
const isFolder = (file: string): boolean =>
  lstatSync(file.replace(/\/$/, ''), { throwIfNoEntry: false })?.isDirectory() === true;

function identityIn(file: string): Identity | undefined {
  try {
    const packageJson: unknown = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
    return isJsonObject(packageJson)
      ? { name: String(packageJson.name), version: String(packageJson.version) }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Folders and links; `.bin` and the like are not packages. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}
