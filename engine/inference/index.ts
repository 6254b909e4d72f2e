/** Model bundles and what runs them: frame encoder, text embedder, decoder, execution providers. */
export { openModel } from './model.ts';
export type { OpenedModel, OpenModelOptions } from './model.ts';
export type { ProviderReport } from './providers.ts';
export { verifyBundle } from './verify.ts';
export type { Verification, VerifyOptions } from './verify.ts';
export type { VerifiedCase } from './verify/compare.ts';
