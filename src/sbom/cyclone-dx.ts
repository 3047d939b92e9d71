import { VERSION } from '../version.ts';
import type { Bill, BilledFile, BilledPackage, Hash } from './bill.ts';
import { uuidOf } from './identity.ts';
import { imagePurl } from './image.ts';
import { isSpdxExpression } from './licence.ts';
import { propertiesOf } from './properties.ts';
import { recordedProperties } from './recorded.ts';

const FUNCTION = 'function';
const IMAGE = 'runtime-image';
const ALGORITHMS = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const;

/** CycloneDX 1.6, without a time: the same Function has the same file. Source: https://cyclonedx.org/docs/1.6/json/ */
export function cycloneDx(bill: Bill): object {
  const { name, packages, direct, image, sourceDigest } = bill;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(bill)}`,
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', name: 'buildless', version: VERSION }] },
      component: { type: 'application', 'bom-ref': FUNCTION, name, version: sourceDigest },
      properties: propertiesOf(bill).map(([key, value]) => ({ name: key, value })),
    },
    components: [...(image === undefined ? [] : [imageComponent(image)]), ...packages.map(component)],
    dependencies: [
      {
        ref: FUNCTION,
        dependsOn: [...(image === undefined ? [] : [IMAGE]), ...(direct ?? packages.map(({ purl }) => purl))],
      },
      ...(direct === undefined ? [] : packages.map(({ purl, dependsOn }) => ({ ref: purl, dependsOn }))),
    ],
    compositions: [
      { aggregate: 'complete', assemblies: [FUNCTION] },
      { aggregate: direct === undefined ? 'unknown' : 'complete', dependencies: [FUNCTION] },
    ],
  };
}

function imageComponent(image: string): object {
  const purl = imagePurl(image);
  return { type: 'container', 'bom-ref': IMAGE, name: image, ...(purl !== undefined && { purl }) };
}

function component(billed: BilledPackage): object {
  const { purl, name, version, licence, files, marker } = billed;
  const properties = [
    ...(marker === undefined ? [] : [['buildless:marker', marker] as const]),
    ...recordedProperties(billed),
  ];
  const slash = name.startsWith('@') ? name.indexOf('/') : -1;
  const [only, ...others] = files;
  const hashes = only !== undefined && others.length === 0 ? only.hashes.map(hashOf) : [];
  const distributions = files.flatMap((file) => distributionOf(file, others.length > 0));
  return {
    type: 'library',
    'bom-ref': purl,
    ...(slash !== -1 && { group: name.slice(0, slash) }),
    name: name.slice(slash + 1),
    ...(version !== '' && { version }),
    ...(hashes.length > 0 && { hashes }),
    ...(licence !== undefined && { licenses: [licenceOf(licence)] }),
    purl,
    ...(distributions.length > 0 && { externalReferences: distributions }),
    ...(properties.length > 0 && { properties: properties.map(([key, value]) => ({ name: key, value })) }),
  };
}

const licenceOf = (licence: string): object =>
  isSpdxExpression(licence) ? { expression: licence } : { license: { name: licence.slice(0, 1000) } };

const hashOf = ({ algorithm, digest }: Hash): object => ({ alg: ALGORITHMS[algorithm], content: digest });

/** Of several files, each has its hashes with it: which one is installed is decided when the Pod starts. */
function distributionOf({ url, hashes }: BilledFile, isOneOfSeveral: boolean): readonly object[] {
  if (url === undefined && !isOneOfSeveral) return [];
  const isHashed = isOneOfSeveral && hashes.length > 0;
  return [
    {
      type: 'distribution',
      // A lock of hashes alone says that a file is one of these, and not where it is.
      url: url ?? `urn:${hashes.map(({ algorithm, digest }) => `${algorithm}:${digest}`).join(':')}`,
      ...(isHashed && { hashes: hashes.map(hashOf) }),
    },
  ];
}
