import type { Candidate } from './protocol.ts';

/** What the value of an option or of an argument is, as far as a shell can complete it. */
export type Kind =
  'file' | 'namespace' | 'context' | 'function' | 'callable' | 'template' | 'code' | 'runtime' | 'sample' | 'none';

/** By the option's name; options with a list of choices need no row. */
export const OPTION_KINDS: Readonly<Record<string, Kind>> = {
  address: 'none',
  authorityLifetime: 'none',
  authoritySecret: 'none',
  certificateLifetime: 'none',
  clientCa: 'file',
  clientName: 'none',
  config: 'file',
  container: 'none',
  context: 'context',
  data: 'none',
  days: 'none',
  denied: 'file',
  deniedList: 'file',
  drain: 'none',
  filename: 'file',
  folder: 'file',
  function: 'template',
  header: 'none',
  healthPort: 'none',
  host: 'none',
  inspectPort: 'none',
  installation: 'namespace',
  kubeconfig: 'file',
  lease: 'none',
  manifests: 'file',
  method: 'none',
  minimumAge: 'none',
  name: 'none',
  namespace: 'namespace',
  out: 'file',
  path: 'none',
  port: 'none',
  probeNamespace: 'namespace',
  pushPort: 'none',
  pushSecrets: 'file',
  registry: 'none',
  resolver: 'file',
  runtime: 'runtime',
  sample: 'sample',
  service: 'none',
  since: 'none',
  socket: 'file',
  source: 'none',
  tail: 'none',
  timeout: 'none',
  tlsCert: 'file',
  tlsKey: 'file',
  type: 'none',
  webhookConfiguration: 'none',
};

/** By the argument's name, or by the names of its command and itself. */
export const ARGUMENT_KINDS: Readonly<Record<string, Kind>> = {
  code: 'code',
  command: 'none',
  folder: 'file',
  'invoke name': 'callable',
  name: 'function',
  package: 'none',
  path: 'file',
};

/** Options of the line so far, by name. */
export type Given = ReadonlyMap<string, string>;

/** Looks values up; empty if they cannot be known. */
export type Lookup = (kind: Exclude<Kind, 'file' | 'none'>, given: Given) => Promise<readonly Candidate[]>;
