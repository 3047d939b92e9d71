import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { InstalledPackages } from '../../installers/same-tree.ts';
import { readJsonFile } from '../../dependencies/npm/json-file.ts';

/** Reads what stands in the node_modules folders below a folder. */
export async function readInstalledPackages(root: string): Promise<InstalledPackages> {
  const packages = new Map<string, { readonly name: string; readonly version: string }>();

  async function readModules(folder: string): Promise<void> {
    const modules = `${folder}node_modules/`;
    for (const name of await namesIn(path.join(root, modules))) {
      if (name.startsWith('@')) {
        for (const inner of await namesIn(path.join(root, modules, name)))
          await readPackage(`${modules}${name}/${inner}`);
      } else await readPackage(modules + name);
    }
  }

  async function readPackage(folder: string): Promise<void> {
    const content = await readFile(path.join(root, folder, 'package.json')).catch(() => undefined);
    const manifest = content === undefined ? undefined : readJsonFile('package.json', content, 0);
    if (manifest !== undefined && !('problem' in manifest)) {
      packages.set(folder, { name: String(manifest.value.name), version: String(manifest.value.version) });
    }
    await readModules(`${folder}/`);
  }

  await readModules('');
  return packages;
}

/** Folders and links; `.bin` and the like are no packages. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => !name.startsWith('.'));
}
