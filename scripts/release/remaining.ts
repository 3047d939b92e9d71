/** What needs a registry, or the identity of the workflow, in order: publish.sh, which the workflow runs. */
export interface Released {
  readonly version: string;
  readonly folder: string;
  readonly files: readonly string[];
}

const REGISTRY = 'ghcr.io/buildless-dev';
/** Layers as `npm run image` makes them. */
const OUTPUT =
  'type=image,push=true,oci-mediatypes=true,compression=zstd,compression-level=19,force-compression=true,rewrite-timestamp=true';

/** Images are the targets of deploy/Dockerfile that are released. */
export function remainingCommands(
  { version, folder, files }: Released,
  images: readonly { readonly name: string; readonly target?: string }[],
): readonly string[] {
  const inFolder = (name: string): string => `${folder}/${name}`;
  return [
    '# Images for both platforms, each with its bill of materials and provenance.',
    ...images.flatMap(({ name, target }) => [
      `docker buildx build --file deploy/Dockerfile${target === undefined ? '' : ` --target ${target}`} ` +
        `--platform linux/amd64,linux/arm64 --sbom=true --provenance=mode=max --output ${OUTPUT} ` +
        `--build-arg VERSION=${version} --build-arg REVISION=$(git rev-parse HEAD) ` +
        `--metadata-file ${inFolder(`${name}.json`)} --tag ${REGISTRY}/${name}:${version} .`,
      `cosign sign --yes ${REGISTRY}/${name}@$(jq -r '."containerimage.digest"' ${inFolder(`${name}.json`)})`,
    ]),
    '# The chart.',
    `helm push ${inFolder(`buildless-${version}.tgz`)} oci://${REGISTRY}/charts`,
    `cosign sign --yes ${REGISTRY}/charts/buildless:${version}`,
    '# The npm package.',
    `npm publish ${inFolder(`buildless-dev-buildless-${version}.tgz`)} --provenance --access public`,
    '# Everything else.',
    `cosign sign-blob --yes --bundle ${inFolder('checksums.txt.sigstore.json')} ${inFolder('checksums.txt')}`,
    `gh release create v${version} --verify-tag --title v${version} --notes-file ${inFolder('notes.md')} ` +
      [...files, 'checksums.txt', 'checksums.txt.sigstore.json'].map(inFolder).join(' '),
  ];
}
