/**
 * The table that both servers are held against: what a client sees, whatever language the Function is written in. Its
 * source is the Function contract; a row that differs between the languages says why.
 */
import type { Case } from './case.ts';
import { casesBesideKyma } from './cases-beside-kyma.ts';
import { bodyCases } from './cases-of-bodies.ts';
import { cloudEventCases } from './cases-of-cloud-events.ts';
import { failureCases } from './cases-of-failures.ts';
import { resultCases } from './cases-of-results.ts';
import { serverCases } from './cases-of-the-server.ts';

export const cases: readonly Case[] = [
  ...resultCases,
  ...bodyCases,
  ...cloudEventCases,
  ...failureCases,
  ...serverCases,
  ...casesBesideKyma,
];
