/** Questions that another process answers by their number. */
export interface Questions<T> {
  /** Asks: `send` gets the number under which the answer must come. */
  ask(send: (number: number) => void): { number: number; answer: Promise<T> };
  /** Gives the answer to a question; one that nobody waits for is left aside. */
  answer(number: number, value: T): void;
  /** Fails a question. */
  refuse(number: number, error: Error): void;
  /** Fails all questions that are open. */
  refuseAll(error: Error): void;
}

/** No questions yet. */
export function createQuestions<T>(): Questions<T> {
  const open = new Map<number, { resolve: (value: T) => void; reject: (error: Error) => void }>();
  let last = 0;
  const take = (number: number) => {
    const question = open.get(number);
    open.delete(number);
    return question;
  };
  return {
    ask(send) {
      const number = ++last;
      const answer = new Promise<T>((resolve, reject) => open.set(number, { resolve, reject }));
      send(number);
      return { number, answer };
    },
    answer: (number, value) => take(number)?.resolve(value),
    refuse: (number, error) => take(number)?.reject(error),
    refuseAll(error) {
      for (const number of [...open.keys()]) take(number)?.reject(error);
    },
  };
}
