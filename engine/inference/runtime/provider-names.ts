/** The execution providers that onnxruntime-node may offer, the CPU last: it is always there. */
export const providerNames = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;

/** One of {@link providerNames}. */
export type ProviderName = (typeof providerNames)[number];

/** A provider by name, or the best that works. */
export type ProviderChoice = ProviderName | 'auto';
