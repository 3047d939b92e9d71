import type { Range, SemVer } from 'semver';
import type { Budget } from '../../budget.ts';
import { RECORDED_ORDER } from '../groups.ts';
import type { Override } from '../overrides.ts';
import { parseRange, parseVersion } from '../range.ts';
import { type GitSpec, isCommit, type Spec } from '../spec.ts';
import type { SpecReader } from '../spec-reader.ts';
import type { LockEntry } from './entry.ts';
import type { FoundEdge } from './graph.ts';

/** Of comparing two comparators of ranges. */
const COMPARISON_STEPS = 10;

/** Tells whether what a lock has is what a package asks for, as npm does (arborist's dep-valid.js and edge.js). */
export class LockMatch {
  readonly #overrides = new Map<string, Override[]>();
  readonly #bundlers: ReadonlyMap<LockEntry, LockEntry>;
  readonly #budget: Budget;
  readonly #specs: SpecReader;
  /** A lock asks for the same ranges again and again. */
  readonly #ranges = new Map<string, Range | undefined>();
  /** Several packages ask for one, and a range would read the version each time. */
  readonly #versions = new Map<LockEntry, SemVer | undefined>();
  readonly #replaced = new Map<string, boolean>();

  constructor(
    overrides: readonly Override[],
    bundlers: ReadonlyMap<LockEntry, LockEntry>,
    { specs, budget }: { readonly specs: SpecReader; readonly budget: Budget },
  ) {
    this.#bundlers = bundlers;
    this.#specs = specs;
    this.#budget = budget;
    for (const override of overrides) {
      const rules = this.#overrides.get(override.name);
      if (rules === undefined) this.#overrides.set(override.name, [override]);
      else rules.push(override);
    }
  }

  /** @returns undefined if the lock has what is asked for */
  faultOf(edge: FoundEdge, found: LockEntry): 'other-version' | 'other-package' | undefined {
    // npm finds it although the case differs, and then it does not fit.
    if (found.name !== edge.name || !this.#fits(edge, found)) return 'other-version';
    return this.#isNamed(edge, found) ? undefined : 'other-package';
  }

  #fits(edge: FoundEdge, found: LockEntry): boolean {
    const folder = edge.packageJson?.folder;
    const asked = (text: string): boolean =>
      this.#fitsSpec(edge, this.#specs.read(edge.name, text, folder), found, folder);
    // A path in an override is relative to the source, whoever asks.
    const replaced = (text: string): boolean => this.#fitsSpec(edge, this.#specs.read(edge.name, text, ''), found, '');
    const accepted = edge.accepted !== undefined && asked(edge.accepted);
    const rules = this.#bundlers.has(found) ? undefined : this.#overrides.get(edge.name);
    if (rules === undefined) return accepted || asked(edge.spec);
    if (rules.some(({ nested }) => nested)) {
      // Which of several holds depends on who asks; npm knows, and here each of them may.
      return accepted || asked(edge.spec) || rules.some(({ resolved }) => resolved !== undefined && replaced(resolved));
    }
    const rule = rules.find(({ replaces }) => this.#replaces(replaces, edge));
    if (rule?.resolved === undefined || rule.resolved === '*' || rule.resolved === '') {
      return accepted || asked(edge.spec);
    }
    return replaced(rule.resolved) || (asked(edge.spec) && !asked(rule.replaces));
  }

  /** A registry has a package under its own name only; elsewhere a package may call itself what it wants. */
  #isNamed(edge: FoundEdge, found: LockEntry): boolean {
    if (found.link || found.packageName === edge.name) return true;
    const isFromRegistry = found.resolved === undefined || /^https?:/i.test(found.resolved);
    if (!isFromRegistry) return true;
    const rules = this.#overrides.get(edge.name) ?? [];
    return [edge.spec, ...rules.flatMap(({ resolved }) => resolved ?? [])].some((text) => {
      const spec = this.#specs.read(edge.name, text, '');
      return spec.kind === 'alias' ? spec.name === found.packageName : spec.kind === 'remote';
    });
  }

  /** The same selectors are held against the same ranges again and again, which semver does pair by pair. */
  #replaces(selector: string, edge: FoundEdge): boolean {
    if (selector === '*') return true;
    const spec = this.#specs.read(edge.name, edge.spec, edge.packageJson?.folder);
    const asked = spec.kind === 'alias' ? spec.target : spec;
    const wanted = this.#range(selector);
    if (wanted === undefined) return false;
    const key = `${selector}\0${edge.spec}`;
    let answer = this.#replaced.get(key);
    if (answer === undefined) {
      answer = this.#meets(wanted, asked);
      this.#replaced.set(key, answer);
    }
    return answer;
  }

  #meets(wanted: Range, asked: Spec): boolean {
    if (asked.kind === 'version') {
      this.#budget.spend(comparatorsOf(wanted));
      return wanted.test(asked.version);
    }
    const range =
      asked.kind === 'range' ? asked.range : asked.kind === 'git' ? this.#range(asked.range ?? '') : undefined;
    if (asked.kind === 'git' && (asked.range === undefined || range === undefined)) return false;
    if (range === undefined) return true;
    this.#budget.spend(COMPARISON_STEPS * comparatorsOf(wanted) * comparatorsOf(range));
    return range.intersects(wanted);
  }

  #range(text: string): Range | undefined {
    if (!this.#ranges.has(text)) {
      this.#budget.spend(COMPARISON_STEPS);
      this.#ranges.set(text, parseRange(text));
    }
    return this.#ranges.get(text);
  }

  /** @param folder that paths are relative to; undefined for a package of a registry, which has none in the source */
  #fitsSpec(edge: FoundEdge, spec: Spec, found: LockEntry, folder: string | undefined): boolean {
    const { resolved } = found;
    // npm would take the version of the folder, which is not that of a registry's package.
    const isFolder = spec.kind === 'directory';
    if (found.link !== isFolder && spec.kind !== 'protocol' && spec.kind !== 'invalid') return false;
    switch (spec.kind) {
      case 'version':
        return found.version === spec.version || this.#holds(this.#range(spec.version), found);
      case 'range':
        this.#budget.spend(spec.range.set.length);
        return spec.range.raw === '*' || spec.range.raw === '' || this.#holds(spec.range, found);
      case 'tag':
        // Without an address npm asks the registry again where the tag points to.
        return resolved !== undefined && /^https?:/i.test(resolved);
      case 'alias':
        return this.#fitsSpec(edge, spec.target, found, folder);
      case 'remote':
        return resolved === spec.url;
      case 'git':
        return this.#fitsGit(edge, spec, found);
      case 'directory':
        return folder !== undefined && resolved === spec.path;
      case 'file':
        return folder !== undefined && resolved === `file:${spec.path ?? ''}`;
      case 'protocol':
      case 'invalid':
        // In a package.json it is refused by a rule of its own.
        return folder !== undefined;
    }
  }

  #holds(range: Range | undefined, found: LockEntry): boolean {
    if (range === undefined) return false;
    if (!this.#versions.has(found)) this.#versions.set(found, parseVersion(found.version));
    const version = this.#versions.get(found);
    return version !== undefined && range.test(version);
  }

  #fitsGit(edge: FoundEdge, spec: GitSpec, found: LockEntry): boolean {
    const { resolved = '' } = found;
    const locked = this.#specs.read(edge.name, resolved);
    if (locked.kind !== 'git' || locked.repository !== spec.repository) return false;
    if (spec.range !== undefined) return this.#holds(this.#range(spec.range), found);
    if (isCommit(spec.committish)) return locked.committish === spec.committish;
    // A branch that the package.json names now, and another that it named when the lock was written.
    const before = recordedSpec(edge.from, edge.name);
    if (before === undefined) return true;
    const recorded = this.#specs.read(edge.name, before);
    return recorded.kind !== 'git' || (recorded.committish ?? '') === (spec.committish ?? '');
  }
}

const comparatorsOf = ({ set }: Range): number => set.reduce((count, arm) => count + arm.length, 0);

/** What the lock has recorded that a package asked for. */
function recordedSpec(entry: LockEntry, name: string): string | undefined {
  for (const group of RECORDED_ORDER) {
    const specs = entry[group];
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (typeof spec === 'string') return spec;
  }
  return undefined;
}
