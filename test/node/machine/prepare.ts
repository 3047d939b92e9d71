// Makes the images of the node: `npm run verify` does so beside other work, before the suite needs them.
import { makeImages } from './images.ts';
import { whyNoNode } from './requirements.ts';

const reason = (process.env.BUILDLESS_TEST_KUBECONFIG ?? '') === '' ? whyNoNode() : 'not needed';
if (reason === undefined) await makeImages(console.log);
else console.log(reason);
