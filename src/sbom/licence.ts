import { parseExpression } from '../licences/expression.ts';

/** Whether a declared licence is an expression of SPDX with identifiers that SPDX knows, such as `MIT OR Apache-2.0`. */
export const isSpdxExpression = (licence: string): boolean => parseExpression(licence) !== undefined;
