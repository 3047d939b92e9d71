// Makes the images of the node: `npm run verify` does so beside other work, before the suite needs them.
import { bunImage } from './bun-image.ts';
import { makeImages } from './images.ts';
import { olderImage } from './older-image.ts';
import { whyNoNode } from './requirements.ts';

const reason = (process.env.BUILDLESS_TEST_KUBECONFIG ?? '') === '' ? whyNoNode() : 'not needed';
if (reason === undefined) {
  await makeImages(console.log);
  const bun = await bunImage(console.log);
  if ('reason' in bun) console.log(bun.reason);
  // One test needs it, and tries again: a download that failed is no reason for the others not to run.
  const older = await olderImage(console.log).catch((error: unknown) => ({ reason: String(error) }));
  if ('reason' in older) console.log(older.reason);
} else console.log(reason);
