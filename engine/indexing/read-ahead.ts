/**
 * Reads up to `limit` items ahead of the consumer, so that making and using them overlap. Order and errors are the
 * source's own; leaving the loop early ends the source.
 */
export async function* readAhead<T>(source: AsyncIterable<T>, limit: number): AsyncGenerator<T, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  const items: T[] = [];
  let ended = false;
  let left = false;
  let failure: { error: unknown } | undefined;
  let wakeProducer = () => {};
  let wakeConsumer = () => {};

  const produce = async () => {
    try {
      while (!left) {
        const next = await iterator.next();
        if (next.done) break;
        items.push(next.value);
        wakeConsumer();
        while (items.length >= limit && !left) await new Promise<void>((resolve) => (wakeProducer = resolve));
      }
    } catch (error) {
      failure = { error };
    }
    ended = true;
    wakeConsumer();
  };

  const producing = produce();
  try {
    for (;;) {
      while (items.length === 0 && !ended) await new Promise<void>((resolve) => (wakeConsumer = resolve));
      if (items.length === 0) break;
      const item = items.shift()!;
      wakeProducer();
      yield item;
    }
    if (failure) throw failure.error;
  } finally {
    left = true;
    wakeProducer();
    await producing;
    await iterator.return?.();
  }
}
