/**
 * Takes the CloudEvents of one type, and emits another for each.
 *
 * @type {import('#buildless').Handler<{ id: string, lines: { price: number, pieces: number }[] }>}
 */
export const main = async (event) => {
  if (event['ce-type'] !== 'shop.order.received.v1') return event.setResponseStatus(202);
  const { id, lines } = event.data;
  const total = lines.reduce((sum, { price, pieces }) => sum + price * pieces, 0);
  await event.emitCloudEvent('shop.order.priced.v1', 'shop/pricing', { id, total }, { subject: id });
  return { id, total };
};
