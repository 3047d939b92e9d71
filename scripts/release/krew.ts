import { stringify } from 'yaml';

export interface KrewArchive {
  /** GOOS-GOARCH, e.g. `linux-amd64`. */
  readonly platform: string;
  readonly url: string;
  readonly sha256: string;
  /** The program inside of the archive. */
  readonly bin: string;
}

/** The manifest for krew, kubectl's plugin manager: https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/ */
export function krewManifest(version: string, archives: readonly KrewArchive[]): string {
  const plugin = {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'buildless' },
    spec: {
      version: `v${version}`,
      homepage: 'https://github.com/buildless-dev/buildless',
      shortDescription: 'Run Functions without image builds',
      description:
        'Buildless runs Functions on Kubernetes without image builds. This plugin shows what Functions run, with their revisions; ' +
        'checks an installation; validates, locks and injects manifests before they reach the cluster; and runs a Function on ' +
        'this machine.\n',
      caveats:
        'The cluster needs Buildless itself; "kubectl buildless doctor" tells whether it is there.\n' +
        '"run" needs Node.js 20.19 or newer on this machine, npm for Functions in Node.js, and Python 3.11 or newer with pip for\n' +
        'those in Python.\n',
      platforms: archives.map(({ platform, url, sha256, bin }) => {
        const [os = '', arch = ''] = platform.split('-');
        return { selector: { matchLabels: { os, arch } }, uri: url, sha256, bin };
      }),
    },
  };
  return stringify(plugin, { lineWidth: 0 });
}
