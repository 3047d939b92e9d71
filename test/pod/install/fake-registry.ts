import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

export interface FakeRegistry {
  /** `http://HOST:PORT/`. */
  readonly address: string;
  /** `METHOD PATH` of what was asked. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
}

/** A server on a free port; `answer` gets the path of each request. */
export async function startRegistry(
  answer: (path: string, response: ServerResponse, address: string, headers: IncomingHttpHeaders) => void,
  host = '127.0.0.1',
): Promise<FakeRegistry> {
  const requests: string[] = [];
  let address = '';
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    answer(request.url ?? '/', response, address, request.headers);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening on a port');
  address = `http://${host}:${bound.port}/`;
  return {
    address,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Registries to close after a test file. */
export class Registries {
  readonly #started: FakeRegistry[] = [];

  async use(starting: Promise<FakeRegistry>): Promise<FakeRegistry> {
    const registry = await starting;
    this.#started.push(registry);
    return registry;
  }

  async closeAll(): Promise<void> {
    for (const registry of this.#started) await registry.close();
  }
}

/** Answers with one status, whatever is asked. */
export const startRefusing = async (status: number): Promise<FakeRegistry> =>
  await startRegistry((_path, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":"refused"}');
  });

/** Takes requests and answers none. */
export const startSilent = async (): Promise<FakeRegistry> =>
  await startRegistry(() => {
    // The client waits.
  });

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly archive: Uint8Array;
  readonly dependencies?: Readonly<Record<string, string>>;
  /** What the registry says of it; true unless it is given. */
  readonly hasInstallScript?: boolean;
  /** ISO 8601; absent: the registry gives no time. */
  readonly published?: string;
  /** Whether the registry shows a provenance attestation. */
  readonly attested?: boolean;
  /** Who published it: an account, or the kind of a trusted publisher; absent: the registry does not show it. */
  readonly publisher?: 'account' | 'github';
  /** As its package.json has it, in any of the forms that npm knows or knew. */
  readonly license?: unknown;
  readonly licenses?: unknown;
  /** What its maintainers say against it. */
  readonly deprecated?: string;
}

export const integrityOf = (content: Uint8Array): string =>
  `sha512-${createHash('sha512').update(content).digest('base64')}`;

/** An npm registry with a few packages (github.com/npm/registry, docs/responses/package-metadata.md). */
export const startNpmRegistry = async (
  packages: readonly NpmPackage[],
  host?: string,
  /** Where clients find it, if not at its own address. */
  published?: string,
): Promise<FakeRegistry> =>
  await startRegistry((path, response, address) => {
    const archive = packages.find(({ name, version }) => path === `/${name}/-/${name}-${version}.tgz`)?.archive;
    const named = packages.filter(({ name }) => path === `/${name}`);
    if (archive !== undefined) {
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(archive);
    } else if (named.length > 0) {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(metadataOf(named, published ?? address)));
    } else {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
    }
  }, host);

/** As the public registry shows a version that a pipeline has published (docs.npmjs.com/trusted-publishers). */
const npmUser = (publisher: 'account' | 'github'): object => ({
  name: publisher === 'account' ? 'ada' : 'GitHub Actions',
  email: 'npm-oidc-no-reply@github.com',
  ...(publisher !== 'account' && { trustedPublisher: { id: publisher, oidcConfigId: 'oidc:1' } }),
});

const attestationsOf = (spec: string, address: string): object => ({
  url: `${address}-/npm/v1/attestations/${spec}`,
  provenance: { predicateType: 'https://slsa.dev/provenance/v1' },
});

function metadataOf(packages: readonly NpmPackage[], address: string): unknown {
  const versions = packages.map(
    ({
      name,
      version,
      archive,
      dependencies,
      deprecated,
      attested,
      publisher,
      license,
      licenses,
      hasInstallScript = true,
    }) => [
      version,
      {
        name,
        version,
        ...(dependencies !== undefined && { dependencies }),
        ...(deprecated !== undefined && { deprecated }),
        ...(license !== undefined && { license }),
        ...(licenses !== undefined && { licenses }),
        hasInstallScript,
        ...(publisher !== undefined && { _npmUser: npmUser(publisher) }),
        dist: {
          tarball: `${address}${name}/-/${name}-${version}.tgz`,
          integrity: integrityOf(archive),
          ...(attested === true && { attestations: attestationsOf(`${name}@${version}`, address) }),
        },
      },
    ],
  );
  return {
    name: packages[0]?.name,
    'dist-tags': { latest: packages.at(-1)?.version },
    versions: Object.fromEntries(versions) as unknown,
    time: Object.fromEntries(
      packages.flatMap(({ version, published }) => (published === undefined ? [] : [[version, published]])),
    ) as unknown,
  };
}
