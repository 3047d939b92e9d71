import { readFileSync } from 'node:fs';
import type { Cluster } from '@kubernetes/client-node';

/** The CA of an API server, PEM. */
export const certificateOf = ({ caData, caFile }: Cluster): string =>
  caData === undefined ? readFileSync(caFile ?? '', 'utf8') : Buffer.from(caData, 'base64').toString();
