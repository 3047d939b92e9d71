import { networkInterfaces } from 'node:os';
import type { OtherVersions } from '../admission/other-versions.ts';
import { CONFIGURATION_NAME, WEBHOOK_CONFIGURATIONS } from '../installation/names.ts';
import { ApiError, type ApiServer } from './api-server.ts';
import { askReplica, trustOf, type Trust } from './ask-replica.ts';
import type { ClusterLog } from './cluster.ts';
import { within } from './deadline.ts';
import { podsOf, replicasIn, WEBHOOK_PODS, type Replica } from './replicas.ts';

/** How long it stays known which there are, in milliseconds: a stream of Pods asks for each of them. */
const KNOWN_FOR = 1000;
/** How long a rollback may take, in milliseconds. */
const LONGEST_ROLLBACK = 600_000;
/** Its webhook believes what a Pod says of its injection, and may not list Pods. */
const BELIEVER = '0.1.0';
/** Replicas of one image that are tried until one answers. */
const MOST_TRIED = 3;

interface Options {
  readonly server: Pick<ApiServer, 'get'>;
  readonly logger: Pick<ClusterLog, 'warn'>;
  readonly ended: AbortSignal;
  /** Of each question, to the API server or to a replica. */
  readonly deadlineMilliseconds: number;
}

/**
 * Replicas of the webhook with another image than this one's.
 *
 * Needs `list` on pods, and `get` on the ValidatingWebhookConfiguration, whose CA these replicas have to be of. Without an answer in
 * time there are none.
 *
 * Who goes back to version 0.1.0 applies its rights before its replicas start, and they have no `list` on pods: if this replica
 * had it and loses it, that version is on its way. Which Pods run it cannot be known then, so that what a Pod says of this one
 * version is taken as this version itself takes it.
 *
 * @param namespace of the installation
 * @param clock in milliseconds
 */
export function followOtherVersions(
  { server, logger, ended, deadlineMilliseconds }: Options,
  namespace: string,
  clock: () => number = () => performance.now(),
): OtherVersions {
  const registration = `${WEBHOOK_CONFIGURATIONS[1].path}/${CONFIGURATION_NAME}`;
  let known: { readonly replicas: readonly Replica[]; readonly until: number } | undefined;
  let hadRight = false;
  let lostRight: number | undefined;

  const get = (of: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> =>
    within(ended, deadlineMilliseconds, (signal) => server.get(of, query, signal));
  const others = async (): Promise<readonly Replica[]> => {
    if (known !== undefined && clock() < known.until) return known.replicas;
    known = undefined;
    try {
      const replicas = withoutOwn(replicasIn(await get(podsOf(namespace), { labelSelector: WEBHOOK_PODS })));
      hadRight = true;
      lostRight = undefined;
      if (replicas.length > 0) known = { replicas, until: clock() + KNOWN_FOR };
      return replicas;
    } catch (error) {
      if (hadRight && error instanceof ApiError && error.status === 403) lostRight ??= clock();
      return [];
    }
  };
  const goesBack = (): boolean => lostRight !== undefined && clock() - lostRight < LONGEST_ROLLBACK;
  const asked = async (
    replicas: readonly Replica[],
    trust: Trust,
    request: Parameters<OtherVersions['admit']>[0],
  ): Promise<boolean> => {
    for (const replica of replicas.slice(0, MOST_TRIED)) {
      try {
        return await within(ended, deadlineMilliseconds, (signal) => askReplica(replica, trust, request, signal));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        logger.warn(
          { image: replica.image, address: replica.address, reason },
          'a replica of another version did not answer',
        );
      }
    }
    return false;
  };
  void others();
  return {
    serve: async () => (await others()).length > 0 || goesBack(),
    admit: async (request, version) => {
      if (request.passedOn) return false;
      const replicas = await others();
      if (replicas.length === 0) return goesBack() && version === BELIEVER;
      const trust = await get(registration).then(trustOf, () => undefined);
      if (trust === undefined) return false;
      const images = [...new Set(replicas.map(({ image }) => image))];
      const answers = images.map((image) =>
        asked(
          replicas.filter((each) => each.image === image),
          trust,
          request,
        ),
      );
      return (await Promise.all(answers)).includes(true);
    },
  };
}

/** Those with another image than the replica that has an address of this machine; all, if there are several images and no such replica. */
function withoutOwn(replicas: readonly Replica[]): readonly Replica[] {
  const images = new Set(replicas.map(({ image }) => image));
  if (images.size < 2) return [];
  const own = new Set(Object.values(networkInterfaces()).flatMap((each = []) => each.map(({ address }) => address)));
  const image = replicas.find(({ address }) => own.has(address))?.image;
  return replicas.filter((each) => each.image !== image);
}
