import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Identity, InstalledPackages } from '../../installers/same-tree.ts';
import { isJsonObject } from '../../dependencies/npm/json-file.ts';

/** Reads what stands in the node_modules folders below a folder; nothing else happens meanwhile that it could hold up. */
export function readInstalledPackages(root: string): InstalledPackages {
  const packages = new Map<string, Identity>();

  function readModules(folder: string): void {
    const modules = `${folder}node_modules/`;
    for (const name of namesIn(path.join(root, modules))) {
      if (name.startsWith('@')) {
        for (const inner of namesIn(path.join(root, modules, name))) readPackage(`${modules}${name}/${inner}`);
      } else readPackage(modules + name);
    }
  }

  function readPackage(folder: string): void {
    const identity = identityIn(path.join(root, folder, 'package.json'));
    if (identity !== undefined) packages.set(folder, identity);
    readModules(`${folder}/`);
  }

  readModules('');
  return packages;
}

function identityIn(file: string): Identity | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
    return isJsonObject(manifest) ? { name: String(manifest.name), version: String(manifest.version) } : undefined;
  } catch {
    return undefined;
  }
}

/** Folders and links; `.bin` and the like are no packages. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}
