import { writeFileSync } from 'node:fs';

export interface Access {
  /** URL of the API server. */
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
}

/** Writes a kubeconfig (JSON is YAML) that only its owner may read. */
export function writeKubeconfig(file: string, { server, ca, token }: Access): string {
  const name = 'buildless-test';
  // client-node takes no plain HTTP otherwise.
  const trust = server.startsWith('http:')
    ? { 'insecure-skip-tls-verify': true }
    : { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, ...trust } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
