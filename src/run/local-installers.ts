import type { Configuration } from '../config/configuration.ts';
import { INSTALLERS, type OwnInstaller } from '../function/installers.ts';
import { ANNOTATIONS } from '../function/keys.ts';
import type { PodLike } from '../inject/injection.ts';

const OWN: readonly OwnInstaller[] = Object.values(INSTALLERS).map(({ own }) => own);

/**
 * The configuration under which a Function runs on this machine: the language's own installer installs. The fast ones are
 * the toolkit image's, for Linux and the runtime's version, and neither need be this machine's.
 */
export const withOwnInstallers = (configuration: Configuration): Configuration => ({
  ...configuration,
  install: { ...configuration.install, installers: OWN, defaultInstaller: { nodejs: 'npm', python: 'pip' } },
});

/** A Pod without its author's choice of an installer. */
export function withoutInstaller<Pod extends PodLike>(pod: Pod): Pod {
  const { [ANNOTATIONS.installer]: chosen, ...annotations } = pod.metadata?.annotations ?? {};
  return chosen === undefined ? pod : { ...pod, metadata: { ...pod.metadata, annotations } };
}
