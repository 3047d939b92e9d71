import { installController, type InstalledController } from '../cluster/controller.ts';
import type { Opened } from '../cluster/given.ts';
import { installWebhook } from '../cluster/installed.ts';
import { startResolver } from '../resolve/running-resolver.ts';

/** Webhook, controller and resolver, as processes of this machine. */
export async function installAll(configuration: string): Promise<Opened<InstalledController>> {
  const resolver = await startResolver();
  const controller = await installController({ configuration, resolver: resolver.socket });
  const webhook = await installWebhook({ configuration, leaseNamespace: controller.value.namespace });
  return {
    value: controller.value,
    async close() {
      await webhook.close();
      await controller.close();
      await resolver.close();
    },
  };
}
