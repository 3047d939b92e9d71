/** The variables of a Function's server that are other ones on this machine than in a Pod. */
import { HEALTH_PORT_VARIABLE } from '../inject/health-port.ts';
import { applyEnvironmentDefaults } from '../pod/nodejs/server/environment-defaults.ts';
import type { Difference } from './differences.ts';
import type { EventSink } from './event-sink.ts';
import type { Machine } from './machine.ts';

export interface ServerEnvironment {
  readonly env: Readonly<Record<string, string>>;
  /** What a person should know of it. */
  readonly differences: readonly Difference[];
}

const EXPOSE_ERRORS = 'BUILDLESS_EXPOSE_ERRORS';
const PUBLISHER = 'PUBLISHER_PROXY_ADDRESS';

/**
 * Gives the server its port, and defaults for a developer: clients see the trace of an error in the handler, and emitted
 * CloudEvents are received here. What the author sets, by `env` or `envFrom`, wins.
 *
 * @param env of the container, as the kubelet makes it
 */
export async function serverEnvironment(
  env: Readonly<Record<string, string>>,
  {
    port,
    events,
    machine,
  }: { readonly port: number | undefined; readonly events: EventSink; readonly machine: Pick<Machine, 'finds'> },
): Promise<ServerEnvironment> {
  // The server applies these when it starts as well.
  const given: NodeJS.ProcessEnv = { ...env };
  applyEnvironmentDefaults(given);
  const publisher = given[PUBLISHER];
  const received = publisher === undefined || !(await machine.finds(publisher));
  return {
    env: {
      ...env,
      ...(port !== undefined && { FUNC_PORT: String(port) }),
      ...(given[EXPOSE_ERRORS] === undefined && { [EXPOSE_ERRORS]: '1' }),
      ...(received && { [PUBLISHER]: await events.address() }),
      // Nobody asks for liveness here, and the port may be another Function's.
      [HEALTH_PORT_VARIABLE]: '',
    },
    differences:
      received && publisher !== undefined
        ? [
            {
              topic: 'the publisher of CloudEvents',
              text: `${PUBLISHER}: this machine does not find ${publisher}; emitted CloudEvents are printed here`,
            },
          ]
        : [],
  };
}
