/**
 * Kubernetes quantities: a decimal number with a suffix.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
const QUANTITY = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * The number that a quantity stands for; near enough to compare two of them.
 *
 * @returns undefined if the text is not a quantity, or a negative one, which no resource can have
 * @example parseQuantity('250m') // 0.25
 */
export function parseQuantity(quantity: string | number): number | undefined {
  // A manifest may have a number for one.
  const text = String(quantity);
  if (!QUANTITY.test(text)) return undefined;
  const factor = FACTORS[text.slice(-2)] ?? FACTORS[text.slice(-1)] ?? 1;
  return Number.parseFloat(text) * factor;
}
