import { readDeclared } from '../../licences/expression.ts';
import type { Release } from '../../release-age/release.ts';
import type { LicenceMetadata } from '../ask.ts';

/**
 * Classifiers that mean one licence. Others mean several (`BSD License`), or a version that they do not name.
 * Source: https://peps.python.org/pep-0639/appendix-mapping-classifiers/
 */
const CLASSIFIERS: ReadonlyMap<string, string> = new Map([
  ['Blue Oak Model License (BlueOak-1.0.0)', 'BlueOak-1.0.0'],
  ['Boost Software License 1.0 (BSL-1.0)', 'BSL-1.0'],
  ['CC0 1.0 Universal (CC0 1.0) Public Domain Dedication', 'CC0-1.0'],
  ['CMU License (MIT-CMU)', 'MIT-CMU'],
  ['Eclipse Public License 1.0 (EPL-1.0)', 'EPL-1.0'],
  ['Eclipse Public License 2.0 (EPL-2.0)', 'EPL-2.0'],
  ['European Union Public Licence 1.0 (EUPL 1.0)', 'EUPL-1.0'],
  ['European Union Public Licence 1.1 (EUPL 1.1)', 'EUPL-1.1'],
  ['European Union Public Licence 1.2 (EUPL 1.2)', 'EUPL-1.2'],
  ['GNU Affero General Public License v3', 'AGPL-3.0-only'],
  ['GNU Affero General Public License v3 or later (AGPLv3+)', 'AGPL-3.0-or-later'],
  ['GNU General Public License v2 (GPLv2)', 'GPL-2.0-only'],
  ['GNU General Public License v2 or later (GPLv2+)', 'GPL-2.0-or-later'],
  ['GNU General Public License v3 (GPLv3)', 'GPL-3.0-only'],
  ['GNU General Public License v3 or later (GPLv3+)', 'GPL-3.0-or-later'],
  ['GNU Lesser General Public License v2 (LGPLv2)', 'LGPL-2.0-only'],
  ['GNU Lesser General Public License v2 or later (LGPLv2+)', 'LGPL-2.0-or-later'],
  ['GNU Lesser General Public License v3 (LGPLv3)', 'LGPL-3.0-only'],
  ['GNU Lesser General Public License v3 or later (LGPLv3+)', 'LGPL-3.0-or-later'],
  ['ISC License (ISCL)', 'ISC'],
  ['MIT License', 'MIT'],
  ['MIT No Attribution License (MIT-0)', 'MIT-0'],
  ['Mozilla Public License 1.0 (MPL)', 'MPL-1.0'],
  ['Mozilla Public License 1.1 (MPL 1.1)', 'MPL-1.1'],
  ['Mozilla Public License 2.0 (MPL 2.0)', 'MPL-2.0'],
  ['Mulan Permissive Software License v2 (MulanPSL-2.0)', 'MulanPSL-2.0'],
  ['PostgreSQL License', 'PostgreSQL'],
  ['Python License (CNRI Python License)', 'CNRI-Python'],
  ['Python Software Foundation License', 'PSF-2.0'],
  ['SIL Open Font License 1.1 (OFL-1.1)', 'OFL-1.1'],
  ['The Unlicense (Unlicense)', 'Unlicense'],
  ['Universal Permissive License (UPL)', 'UPL-1.0'],
  ['University of Illinois/NCSA Open Source License', 'NCSA'],
  ['zlib/libpng License', 'Zlib'],
]);

/** Says that there is one, and not which. */
const VAGUE = new Set(['OSI Approved', 'DFSG approved']);

type DeclaredLicence = Pick<Release, 'licence' | 'unlicensed'>;

/**
 * The licence of a version of Python: `License-Expression` (PEP 639), else `License` if it is an identifier or a name of SPDX, else
 * the classifiers; all of several ones, as nobody says that one may be chosen.
 */
export function licenceOfMetadata(metadata: LicenceMetadata | undefined): DeclaredLicence {
  if (metadata === undefined) return {};
  const { expression, license = '', classifiers } = metadata;
  if (expression !== undefined && expression !== '') return { licence: expression };
  if (readDeclared(license) !== undefined) return { licence: license };
  const names = classifiers
    .map((classifier) => classifier.slice(classifier.lastIndexOf(' :: ') + ' :: '.length))
    .filter((name) => !VAGUE.has(name));
  const known = names.flatMap((name) => CLASSIFIERS.get(name) ?? []);
  if (known.length > 0 && known.length === names.length) return { licence: [...new Set(known)].join(' AND ') };
  const written = [license, ...names].find((text) => text !== '');
  return written === undefined ? { unlicensed: 'it declares none' } : { licence: written };
}
