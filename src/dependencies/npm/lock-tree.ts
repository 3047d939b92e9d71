import { isJsonObject, type JsonObject } from './json-file.ts';
import { parseRelease, type Release } from './satisfies.ts';

/** A package of a lock at its place in the tree of node_modules. */
export interface LockNode {
  /** Inside the source, `''` for its root. */
  readonly location: string;
  /** Name of its folder: what others ask for it by. */
  readonly name: string;
  readonly entry: JsonObject;
  readonly version: string;
  /** `version`, where it is a plain one. */
  readonly release: Release | undefined;
  /** Made when the first one comes: most packages have none. */
  children: Map<string, LockNode> | undefined;
  parent: LockNode | undefined;
}

const MODULES = 'node_modules/';

/** Deeper trees are not trusted: npm flattens, and what is looked up must not cost more than the file's size. */
export const DEEPEST_TREE = 100;

/** Puts the entries of a lock into a tree, as npm's loader does. */
export function buildLockTree(packages: JsonObject): ReadonlyMap<string, LockNode> {
  const nodes = new Map<string, LockNode>();
  for (const location of Object.keys(packages)) {
    const entry = packages[location];
    if (!isJsonObject(entry)) continue;
    const version = typeof entry.version === 'string' ? entry.version : '';
    const at = location.lastIndexOf(MODULES);
    nodes.set(location, {
      location,
      name: at === -1 ? location : location.slice(at + MODULES.length),
      entry,
      version,
      release: parseRelease(version),
      children: undefined,
      parent: undefined,
    });
  }
  const root = nodes.get('') ?? nodeOfRoot(nodes);
  for (const node of nodes.values()) {
    if (node === root) continue;
    const at = node.location.lastIndexOf(MODULES);
    if (at === -1) {
      node.parent = folderAround(node.location, nodes) ?? root;
      continue;
    }
    node.parent = at === 0 ? root : nodes.get(node.location.slice(0, at - 1));
    if (node.parent !== undefined) (node.parent.children ??= new Map()).set(node.name, node);
  }
  return nodes;
}

/** What Node.js, and so npm, finds for a name from a place: the nearest node_modules upwards. */
export function lookUp(from: LockNode, name: string): LockNode | undefined {
  let node: LockNode | undefined = from;
  for (let steps = 0; node !== undefined && steps < DEEPEST_TREE; steps += 1) {
    const found = node.children?.get(name);
    if (found !== undefined) return found;
    node = node.parent;
  }
  return undefined;
}

function nodeOfRoot(nodes: Map<string, LockNode>): LockNode {
  const root: LockNode = {
    location: '',
    name: '',
    entry: {},
    version: '',
    release: undefined,
    children: undefined,
    parent: undefined,
  };
  nodes.set('', root);
  return root;
}

/** The package whose folder holds another's folder. */
function folderAround(location: string, nodes: ReadonlyMap<string, LockNode>): LockNode | undefined {
  const segments = location.split('/');
  for (let count = Math.min(segments.length - 1, DEEPEST_TREE); count > 0; count -= 1) {
    const around = nodes.get(segments.slice(0, count).join('/'));
    if (around !== undefined) return around;
  }
  return undefined;
}
