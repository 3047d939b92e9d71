/**
 * Licences as packages declare them. Source: https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
 */
import parse from 'spdx-expression-parse';
import { identifierOf } from './identifier.ts';
import { licenceOf, type Licence } from './licence.ts';

/** Longer ones are texts, not expressions. */
export const LONGEST_LICENCE = 500;

export type LicenceExpression =
  | Licence
  | {
      readonly operator: 'and' | 'or';
      readonly left: LicenceExpression;
      readonly right: LicenceExpression;
    };

/** The parser looks ahead for an identifier behind other characters. */
const CHARACTERS = /^[A-Za-z0-9.+(): -]+$/;

/** @returns undefined for what is not an expression with identifiers that SPDX knows, such as `MIT OR Apache-2.0` */
export function parseExpression(text: string): LicenceExpression | undefined {
  if (text.length > LONGEST_LICENCE || !CHARACTERS.test(text)) return undefined;
  try {
    return expressionOf(parse(text));
  } catch {
    return undefined;
  }
}

/** Reads also the name of one licence, written as people write it: `Apache License 2.0`, `mit`. */
export function readDeclared(text: string): LicenceExpression | undefined {
  if (text.length > LONGEST_LICENCE) return undefined;
  const parsed = parseExpression(text);
  if (parsed !== undefined) return parsed;
  const identifier = identifierOf(text);
  return identifier === undefined ? undefined : parseExpression(identifier);
}

function expressionOf(node: parse.Info): LicenceExpression {
  if (!('conjunction' in node)) return licenceOf(node);
  return { operator: node.conjunction, left: expressionOf(node.left), right: expressionOf(node.right) };
}
