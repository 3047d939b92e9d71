import { startResolver } from '../resolve/running-resolver.ts';
import { installController, type ControllerOptions } from './controller.ts';
import type { Opened } from './given.ts';
import { installWebhook } from './installed.ts';

/** As installed: the webhook and the controller that it follows. */
export async function installBoth(controlled: Partial<ControllerOptions> = {}): Promise<Opened<undefined>> {
  const controller = await installController(controlled);
  const { configuration } = controlled;
  const webhook = await installWebhook({
    leaseNamespace: controller.value.namespace,
    ...(configuration !== undefined && { configuration }),
  });
  return {
    value: undefined,
    close: async () => {
      await webhook.close();
      await controller.close();
    },
  };
}

/** The same with a resolver beside the controller. */
export async function installWithResolver(
  environment: Parameters<typeof startResolver>[0] = {},
  controlled: Partial<ControllerOptions> = {},
): Promise<Opened<undefined>> {
  const resolver = await startResolver(environment);
  const both = await installBoth({ resolver: resolver.socket, ...controlled });
  return {
    value: undefined,
    close: async () => {
      await both.close();
      await resolver.close();
    },
  };
}
