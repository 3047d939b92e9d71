import { mkdtemp, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What of arborist's nodes is looked at (@npmcli/arborist has no types of its own). */
interface ArboristNode {
  readonly location: string;
  readonly name: string;
  readonly packageName: string | null;
  readonly version: string;
  readonly resolved: string | null;
  readonly integrity: string | null;
  readonly dev: boolean;
  readonly isLink: boolean;
  readonly isProjectRoot: boolean;
  readonly inDepBundle: boolean;
  readonly top: { readonly isProjectRoot: boolean };
}

interface Tree {
  readonly inventory: ReadonlyMap<string, ArboristNode>;
}

interface Arborist {
  readonly virtualTree: Tree;
  readonly loadVirtual: () => Promise<Tree>;
  readonly buildIdealTree: () => Promise<Tree>;
}

type ArboristClass = new (options: Readonly<Record<string, unknown>>) => Arborist;

const load = createRequire(import.meta.url);
/** That of the npm in the nodejs20 and nodejs22 images, and that of npm 11. */
const VERSIONS: Readonly<Record<string, ArboristClass>> = {
  npm10: load('arborist-npm10') as ArboristClass,
  npm11: load('arborist-npm11') as ArboristClass,
};
export const NPMS = Object.keys(VERSIONS);

/** What `npm ci --omit=dev` would put into node_modules: by location `NAME@VERSION INTEGRITY RESOLVED`. */
export type Installation = ReadonlyMap<string, string>;

/**
 * Does what `npm ci` does up to the point where it would download (lib/commands/ci.js): npm 10 goes on with the tree that it
 * read from the lock, npm 11 reads it again.
 *
 * @param npm of `NPMS`
 * @returns undefined if npm refuses to install
 */
export async function installationBy(
  npm: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Installation | undefined> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'buildless-arborist-')));
  try {
    for (const [file, content] of files) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), content);
    }
    const Class = VERSIONS[npm];
    if (Class === undefined) throw new Error(`no ${npm}`);
    // Whatever is not in the lock cannot be had.
    const options = {
      path: folder,
      cache: `${folder}.cache`,
      registry: 'http://127.0.0.1:9/',
      fetchRetries: 0,
      offline: true,
    };
    const virtual = new Class(options);
    const locked = new Map((await virtual.loadVirtual()).inventory);
    const ideal = await (npm === 'npm10' ? virtual : new Class(options)).buildIdealTree();
    const installation = new Map<string, string>();
    for (const [location, node] of ideal.inventory) {
      // lib/utils/validate-lockfile.js
      if (locked.get(location)?.version !== node.version) return undefined;
      const isOmitted = node.dev && node.top.isProjectRoot;
      if (node.isProjectRoot || isOmitted || node.inDepBundle) continue;
      const name = node.packageName ?? node.name;
      installation.set(
        location,
        node.isLink ? 'a link' : `${name}@${node.version} ${node.integrity ?? ''} ${node.resolved ?? ''}`,
      );
    }
    return installation;
  } catch {
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(`${folder}.cache`, { recursive: true, force: true });
  }
}
