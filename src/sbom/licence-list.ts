import type { Language } from '../function/languages.ts';
import { judgeLicence } from '../licences/judge.ts';
import type { LicencePolicy } from '../licences/policy.ts';
import { visible } from '../outcome/finding.ts';
import { isExcepted } from '../release-age/excepted.ts';
import type { Bill, BilledPackage } from './bill.ts';

/** Packages with the same licence. */
export interface LicensedPackages {
  /** As they declare it; absent if it is not known. */
  readonly licence?: string;
  readonly packages: readonly ListedPackage[];
}

interface ListedPackage extends Pick<BilledPackage, 'name' | 'version' | 'purl'> {
  /** By `dependencies.licences`; absent without that rule. */
  readonly verdict?: 'allowed' | 'refused' | 'unknown';
}

/** The licences of what a Function installs, in the order of their names; what has none comes last. */
export function licenceList(
  { packages, language }: Pick<Bill, 'packages' | 'language'>,
  policy: LicencePolicy | undefined,
): readonly LicensedPackages[] {
  const byLicence = new Map<string, ListedPackage[]>();
  for (const { licence = '', name, version, purl } of packages) {
    const listed = byLicence.get(licence) ?? [];
    const verdict = policy && { verdict: verdictOn(name, licence, language, policy) };
    listed.push({ name, version, purl, ...verdict });
    byLicence.set(licence, listed);
  }
  return [...byLicence]
    .sort(([one], [other]) => Number(one === '') - Number(other === '') || (one < other ? -1 : 1))
    .map(([licence, listed]) => ({ ...(licence !== '' && { licence }), packages: listed }));
}

function verdictOn(
  name: string,
  licence: string,
  language: Language,
  policy: LicencePolicy,
): NonNullable<ListedPackage['verdict']> {
  if (isExcepted(name, language, policy.settings.exceptions)) return 'allowed';
  const { type } = judgeLicence(licence, policy);
  return type === 'passed' ? 'allowed' : type;
}

/** A line for each package, as tools of a shell read it. */
export function licenceTable(list: readonly LicensedPackages[]): string {
  const lines = list.flatMap(({ licence = 'unknown', packages }) =>
    packages.map(({ name, version, verdict }) => [licence, name, version, ...(verdict === undefined ? [] : [verdict])]),
  );
  const hasVerdicts = list.some(({ packages }) => packages.some(({ verdict }) => verdict !== undefined));
  const head = ['LICENCE', 'PACKAGE', 'VERSION', ...(hasVerdicts ? ['VERDICT'] : [])];
  const rows = [head, ...lines.map((cells) => cells.map((cell) => visible(cell.slice(0, LONGEST_CELL))))];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

const LONGEST_CELL = 100;
