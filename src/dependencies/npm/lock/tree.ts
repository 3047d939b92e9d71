import { type LockNode, MODULES, parsedNode } from './node.ts';

/** Deeper trees are not trusted: npm flattens, and what is looked up must not cost more than the file's size. */
const DEEPEST_TREE = 100;

/** Puts the entries of a lock into a tree, as npm's loader does; where a location stands twice, the last counts. */
export function buildLockTree(entries: Iterable<LockNode>): ReadonlyMap<string, LockNode> {
  const nodes = new Map<string, LockNode>();
  for (const node of entries) nodes.set(node.location, node);
  const root = nodes.get('') ?? parsedNode('', {});
  nodes.set('', root);
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

/** The package whose folder holds another's folder. */
function folderAround(location: string, nodes: ReadonlyMap<string, LockNode>): LockNode | undefined {
  const segments = location.split('/');
  for (let count = Math.min(segments.length - 1, DEEPEST_TREE); count > 0; count -= 1) {
    const around = nodes.get(segments.slice(0, count).join('/'));
    if (around !== undefined) return around;
  }
  return undefined;
}
