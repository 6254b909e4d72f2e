/** A message of another language: a text where it is a text, a function of the same values where it is one. */
export type Text<M> = M extends (...values: infer A) => string ? (...values: A) => string : string;

/** The same messages in another language. */
export type InSameWords<C> = { readonly [K in keyof C]: Text<C[K]> };
