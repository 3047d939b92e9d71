/** An unsigned statement of where files come from: https://slsa.dev/spec/v1.0/provenance. The workflow's attestation signs its own. */
export interface Origin {
  readonly commit: string;
  readonly version: string;
  /** `NAME` to SHA-256. */
  readonly files: Readonly<Record<string, string>>;
}

const REPOSITORY = 'https://github.com/buildless-dev/buildless';

export const provenance = ({ commit, version, files }: Origin): object => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: Object.entries(files).map(([name, sha256]) => ({ name, digest: { sha256 } })),
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {
    buildDefinition: {
      buildType: `${REPOSITORY}/blob/main/scripts/release.mjs`,
      externalParameters: { ref: `refs/tags/v${version}` },
      resolvedDependencies: [{ uri: `git+${REPOSITORY}`, digest: { gitCommit: commit } }],
    },
    runDetails: { builder: { id: `${REPOSITORY}/blob/main/.github/workflows/release.yml` } },
  },
});
