import type { Bill, BilledPackage } from '../../src/sbom/bill.ts';
import { withRecord } from '../../src/sbom/recorded.ts';

const billed = (name: string, version: string): BilledPackage => ({
  purl: `pkg:npm/${name}@${version}`,
  name,
  version,
  files: [],
  dependsOn: [],
});

/** Of a Function whose revision recorded two of three packages. */
export const RECORDED_BILL: Bill = {
  name: 'shop',
  source: 'configmap:shop',
  sourceDigest: `sha256:${'ab'.repeat(32)}`,
  language: 'nodejs',
  platform: { os: 'linux', architecture: 'amd64', libc: 'glibc', version: '22' },
  ...withRecord(
    { packages: [billed('axios', '1.14.1'), billed('old', '1.0.0'), billed('other', '1.0.0')], direct: [] },
    [
      {
        name: 'axios',
        version: '1.14.1',
        published: '2026-03-31T00:21:58.168Z',
        confirmed: true,
        attested: true,
        publisher: 'trusted:github',
      },
      { name: 'old', version: '1.0.0', attested: false },
      { name: 'other', version: '2.0.0', attested: true },
    ],
  ),
};
