import type { Candidate } from './protocol.ts';

/** What the value of an option or of an argument is, as far as a shell can complete it. */
export type Kind = 'file' | 'namespace' | 'context' | 'function' | 'code' | 'runtime' | 'none';

/** By the option's name; options with a list of choices need no row. */
export const OPTION_KINDS: Readonly<Record<string, Kind>> = {
  address: 'none',
  authorityLifetime: 'none',
  authoritySecret: 'none',
  certificateLifetime: 'none',
  clientCa: 'file',
  clientName: 'none',
  config: 'file',
  context: 'context',
  days: 'none',
  drain: 'none',
  filename: 'file',
  folder: 'file',
  function: 'none',
  healthPort: 'none',
  host: 'none',
  installation: 'namespace',
  kubeconfig: 'file',
  lease: 'none',
  manifests: 'file',
  minimumAge: 'none',
  name: 'none',
  namespace: 'namespace',
  out: 'file',
  port: 'none',
  probeNamespace: 'namespace',
  registry: 'none',
  resolver: 'file',
  runtime: 'runtime',
  service: 'none',
  socket: 'file',
  tlsCert: 'file',
  tlsKey: 'file',
  webhookConfiguration: 'none',
};

/** By the argument's name. */
export const ARGUMENT_KINDS: Readonly<Record<string, Kind>> = {
  code: 'code',
  command: 'none',
  folder: 'file',
  name: 'function',
  package: 'none',
  path: 'file',
};

/** Options of the line so far, by name. */
export type Given = ReadonlyMap<string, string>;

/** Looks values up; empty if they cannot be known. */
export type Lookup = (kind: Exclude<Kind, 'file' | 'none'>, given: Given) => Promise<readonly Candidate[]>;
