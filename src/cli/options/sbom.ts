import type { BillPlatform } from '../../sbom/bill.ts';
import type { FileOptions } from './files.ts';
import type { StatusOptions } from './status.ts';

export const BILL_FORMS = ['cyclonedx-json', 'spdx-json', 'licences', 'licences-json'] as const;

export interface SbomOptions
  extends
    Partial<FileOptions>,
    Pick<StatusOptions, 'kubeconfig' | 'context' | 'namespace' | 'config' | 'installation'> {
  readonly function?: string;
  readonly platform: `${BillPlatform['os']}/${BillPlatform['architecture']}`;
  readonly output: (typeof BILL_FORMS)[number];
}
