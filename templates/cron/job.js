import { fileURLToPath } from 'node:url';

/** What the job does. It takes the clock, so that a test can have another. */
export const report = (now = new Date()) => `Report of ${now.toISOString().slice(0, 10)}`;

// The CronJob runs this file; a test imports it.
if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(report());
