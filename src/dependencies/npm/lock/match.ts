import semver from 'semver';
import type { Edge } from './edges.ts';
import type { LockEntry } from './entry.ts';
import type { Override } from '../overrides.ts';
import { parseRange } from '../range.ts';
import { isCommit, parseSpec, type Spec } from '../spec.ts';

/** Tells whether what a lock has is what a package asks for, as npm does (arborist's dep-valid.js and edge.js). */
export class LockMatch {
  readonly #overrides = new Map<string, Override[]>();
  /** A lock asks for the same ranges again and again. */
  readonly #specs = new Map<string, Spec>();

  constructor(overrides: readonly Override[]) {
    for (const override of overrides) {
      const rules = this.#overrides.get(override.name);
      if (rules === undefined) this.#overrides.set(override.name, [override]);
      else rules.push(override);
    }
  }

  /** @param folder of the package that asks, which `file:` is relative to */
  fits(edge: Edge, found: LockEntry, from: LockEntry, folder: string): boolean {
    const rules = this.#overrides.size === 0 ? undefined : this.#overrides.get(edge.name);
    const asked = (text: string): boolean => this.#fitsText(edge.name, text, found, from, folder);
    const accepted = edge.accepted !== undefined && asked(edge.accepted);
    if (rules === undefined || found.inBundle) return asked(edge.spec) || accepted;
    if (rules.some(({ nested }) => nested)) {
      // Which of several holds depends on who asks; npm knows, and here each of them may.
      return [edge.spec, ...rules.flatMap(({ resolved }) => resolved ?? [])].some(asked) || accepted;
    }
    const rule = rules.find(({ replaces }) => this.#replaces(replaces, edge, folder));
    if (rule?.resolved === undefined || rule.resolved === '*' || rule.resolved === '') {
      return asked(edge.spec) || accepted;
    }
    return asked(rule.resolved) || (asked(edge.spec) && !asked(rule.replaces));
  }

  #replaces(selector: string, edge: Edge, folder: string): boolean {
    if (selector === '*') return true;
    const spec = this.#parse(edge.name, edge.spec, folder);
    const asked = spec.kind === 'alias' ? spec.target : spec;
    const wanted = parseRange(selector);
    if (wanted === undefined) return false;
    if (asked.kind === 'range') return asked.range.intersects(wanted);
    if (asked.kind === 'version') return semver.satisfies(asked.version, wanted, { loose: true });
    if (asked.kind !== 'git') return true;
    const range = parseRange(asked.range ?? '');
    return asked.range !== undefined && range?.intersects(wanted) === true;
  }

  #fitsText(name: string, text: string, found: LockEntry, from: LockEntry, folder: string): boolean {
    return this.#fitsSpec(name, this.#parse(name, text, folder), found, from);
  }

  #parse(name: string, text: string, folder: string): Spec {
    const key = folder === '' ? text : `${text}\0${folder}`;
    let spec = this.#specs.get(key);
    if (spec === undefined) {
      spec = parseSpec(name, text, folder);
      this.#specs.set(key, spec);
    }
    return spec;
  }

  #fitsSpec(name: string, spec: Spec, found: LockEntry, from: LockEntry): boolean {
    const { version, resolved } = found;
    switch (spec.kind) {
      case 'version':
        return semver.satisfies(version, spec.version, { loose: true });
      case 'range':
        return spec.range.raw === '*' || spec.range.raw === '' || spec.range.test(version);
      case 'tag':
        // Without an address npm asks the registry again where the tag points to.
        return resolved !== undefined && /^https?:/i.test(resolved);
      case 'alias':
        return this.#fitsSpec(name, spec.target, found, from);
      case 'remote':
        return resolved === spec.url;
      case 'git':
        return this.#fitsGit(name, spec, found, from, resolved ?? '');
      case 'directory':
        return found.link && resolved === spec.path;
      case 'file':
        return resolved === `file:${spec.path ?? ''}`;
      case 'protocol':
      case 'invalid':
        // Refused where it stands.
        return true;
    }
  }

  #fitsGit(
    name: string,
    spec: Extract<Spec, { kind: 'git' }>,
    found: LockEntry,
    from: LockEntry,
    resolved: string,
  ): boolean {
    const locked = this.#parse(name, resolved, '');
    if (locked.kind !== 'git' || locked.repository !== spec.repository) return false;
    if (spec.range !== undefined) return semver.satisfies(found.version, spec.range, { loose: true });
    if (isCommit(spec.committish)) return locked.committish === spec.committish;
    // A branch that the manifest names now, and another that it named when the lock was written.
    const before = recordedSpec(from, name);
    if (before === undefined) return true;
    const recorded = this.#parse(name, before, '');
    return recorded.kind !== 'git' || (recorded.committish ?? '') === (spec.committish ?? '');
  }
}

/** In the order in which npm looks (arborist's dep-valid.js). */
const RECORDED = ['dependencies', 'optionalDependencies', 'devDependencies', 'peerDependencies'] as const;

/** What the lock has recorded that a package asked for. */
function recordedSpec(entry: LockEntry, name: string): string | undefined {
  for (const group of RECORDED) {
    const specs = entry[group];
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (typeof spec === 'string') return spec;
  }
  return undefined;
}
