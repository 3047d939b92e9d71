import { describe } from 'vitest';
import type { Difference } from '../http-api/difference.ts';
import { differenceOf, NOT_COMPARED, NOT_STARTED } from '../http-api/differences-nodejs.ts';
import { givenSurroundings, startOfCase } from '../http-api/nodejs-start.ts';
import { readOracle } from '../http-api/oracle.ts';
import { replayAll } from '../http-api/replay.ts';
import { ON_BUN } from './bun.ts';

const processes = await readOracle('kyma-nodejs26.json', 'handler.js');

/** A module that is an object has no `module.exports` in bun. */
const SAME_SDK: Difference & { readonly cases: readonly string[] } = {
  cases: ['load: require sdk and import same instance: call'],
  why: "on bun require('sdk') gives another object than its default import, with the same functions",
  expect: (answer) => ({ ...answer, body: '{"same":false,"name":"fn"}' }),
};

const surroundings = givenSurroundings();

describe.skipIf(ON_BUN === undefined)("the HTTP API on bun answers as Kyma's nodejs26 does", () => {
  replayAll({
    processes,
    startOf: (process) => {
      const start = startOfCase(process, surroundings());
      return { ...start, ...ON_BUN, env: { ...ON_BUN?.env, ...start.env } };
    },
    stub: () => surroundings().stub,
    differenceOf: (given) => (given.id === SAME_SDK.cases[0] ? SAME_SDK : differenceOf(given)),
    notStarted: NOT_STARTED,
    notCompared: NOT_COMPARED,
  });
});
