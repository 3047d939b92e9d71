/**
 * The value of a promise, or another one if it takes longer.
 *
 * @param late what is done then; the promise goes on, and its value is lost
 */
export function inTime<Value>(milliseconds: number, promise: Promise<Value>, late: () => Value): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve(late());
    }, milliseconds).unref();
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
