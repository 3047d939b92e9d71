import { createHash } from 'node:crypto';
import { VERSION } from '../version.ts';
import type { Bill, BilledPackage } from './bill.ts';
import { uuidOf } from './identity.ts';
import { imagePurl } from './image.ts';
import { isSpdxExpression } from './licence.ts';
import { propertiesOf } from './properties.ts';
import { recordedProperties } from './recorded.ts';

const DOCUMENT = 'SPDXRef-DOCUMENT';
const FUNCTION = 'SPDXRef-Function';
const IMAGE = 'SPDXRef-RuntimeImage';
const UNKNOWN = 'NOASSERTION';

/**
 * SPDX 2.3. Source: https://spdx.github.io/spdx-spec/v2.3/
 *
 * @param created which SPDX demands, and which alone makes two files of one Function differ
 */
export function spdx(bill: Bill, created: Date): object {
  const { name, packages, direct, image, sourceDigest } = bill;
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: DOCUMENT,
    name,
    documentNamespace: `https://spdx.org/spdxdocs/${encodeURIComponent(name)}-${uuidOf(bill)}`,
    creationInfo: { created: timeOf(created), creators: [`Tool: buildless-${VERSION}`] },
    packages: [
      {
        ...packageOf(FUNCTION, name),
        versionInfo: sourceDigest,
        primaryPackagePurpose: 'APPLICATION',
        comment: propertiesOf(bill)
          .map(([key, value]) => `${key}=${value}`)
          .join('\n'),
      },
      ...(image === undefined
        ? []
        : [{ ...packageOf(IMAGE, image), primaryPackagePurpose: 'CONTAINER', ...purlRef(imagePurl(image)) }]),
      ...packages.map(installed),
    ],
    relationships: [
      related(DOCUMENT, 'DESCRIBES', FUNCTION),
      ...(image === undefined ? [] : [related(IMAGE, 'RUNTIME_DEPENDENCY_OF', FUNCTION)]),
      ...(direct === undefined
        ? packages.map(({ purl }) => related(FUNCTION, 'CONTAINS', idOf(purl)))
        : [
            ...direct.map((purl) => related(FUNCTION, 'DEPENDS_ON', idOf(purl))),
            ...packages.flatMap(({ purl, dependsOn }) =>
              dependsOn.map((to) => related(idOf(purl), 'DEPENDS_ON', idOf(to))),
            ),
          ]),
    ],
  };
}

/** SPDX has no fractions of seconds. */
const timeOf = (time: Date): string => time.toISOString().replace(/\.\d{3}Z$/, 'Z');

const related = (spdxElementId: string, relationshipType: string, relatedSpdxElement: string): object => ({
  spdxElementId,
  relationshipType,
  relatedSpdxElement,
});

const packageOf = (SPDXID: string, name: string): object => ({
  SPDXID,
  name,
  downloadLocation: UNKNOWN,
  filesAnalyzed: false,
  licenseConcluded: UNKNOWN,
  licenseDeclared: UNKNOWN,
  copyrightText: UNKNOWN,
});

/** A package with one file has its checksums; of several files, the comment lists them, as only one is installed. */
function installed(billed: BilledPackage): object {
  const { purl, name, version, licence, files, marker, recorded } = billed;
  const [only, ...others] = files;
  const checksums =
    only === undefined || others.length > 0
      ? []
      : only.hashes.map(({ algorithm, digest }) => ({ algorithm: algorithm.toUpperCase(), checksumValue: digest }));
  const comment = [
    ...(others.length === 0
      ? []
      : [
          `one of: ${files.flatMap(({ hashes }) => hashes.map(({ algorithm, digest }) => `${algorithm}:${digest}`)).join(' ')}`,
        ]),
    ...(marker === undefined ? [] : [`only if: ${marker}`]),
    ...(licence === undefined || isSpdxExpression(licence) ? [] : [`declared licence: ${licence.slice(0, 1000)}`]),
    ...recordedProperties(billed).map(([key, value]) => `${key}=${value}`),
  ];
  return {
    ...packageOf(idOf(purl), name),
    ...(version !== '' && { versionInfo: version }),
    ...(only?.url !== undefined && others.length === 0 && { downloadLocation: only.url }),
    ...(licence !== undefined && isSpdxExpression(licence) && { licenseDeclared: licence }),
    ...(recorded?.published !== undefined && { releaseDate: timeOf(new Date(recorded.published)) }),
    ...(checksums.length > 0 && { checksums }),
    ...(comment.length > 0 && { comment: comment.join('\n') }),
    ...purlRef(purl),
  };
}

const purlRef = (purl: string | undefined): object =>
  purl === undefined
    ? {}
    : {
        externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
      };

/** An identifier may have letters, digits, dots and hyphens; the digest keeps apart what they make alike. */
const idOf = (purl: string): string =>
  `SPDXRef-${purl
    .slice('pkg:'.length)
    .replaceAll(/[^A-Za-z0-9.-]+/g, '-')
    .slice(0, 100)}-${createHash('sha256').update(purl).digest('hex').slice(0, 12)}`;
