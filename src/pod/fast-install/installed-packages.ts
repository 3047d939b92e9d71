import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { InstalledPackages } from '../../installers/same-tree.ts';
import { readJsonFile } from '../../dependencies/npm/json-file.ts';

/** Reads what stands in the node_modules folders below a folder; nothing else happens meanwhile that it could hold up. */
export function readInstalledPackages(root: string): InstalledPackages {
  const packages = new Map<string, { readonly name: string; readonly version: string }>();

  function readModules(folder: string): void {
    const modules = `${folder}node_modules/`;
    for (const name of namesIn(path.join(root, modules))) {
      if (name.startsWith('@')) {
        for (const inner of namesIn(path.join(root, modules, name))) readPackage(`${modules}${name}/${inner}`);
      } else readPackage(modules + name);
    }
  }

  function readPackage(folder: string): void {
    const content = contentOf(path.join(root, folder, 'package.json'));
    const manifest = content === undefined ? undefined : readJsonFile('package.json', content, 0);
    if (manifest !== undefined && !('problem' in manifest)) {
      packages.set(folder, { name: String(manifest.value.name), version: String(manifest.value.version) });
    }
    readModules(`${folder}/`);
  }

  readModules('');
  return packages;
}

function contentOf(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
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
