// Builds the control plane if it is not there yet: `npm run verify` does so beside other work, before two suites need it.
import { findPrograms } from './programs.ts';

const programs = (process.env.BUILDLESS_TEST_KUBECONFIG ?? '') === '' ? await findPrograms(console.log) : undefined;
console.log(programs === undefined ? 'not needed' : 'reason' in programs ? programs.reason : programs.origin);
