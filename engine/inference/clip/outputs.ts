/** The outputs that hold a pair's vectors, as transformers' exporters call them. */
export const clipOutputs = {
  clip: { vision: 'image_embeds', text: 'text_embeds' },
  siglip: { vision: 'pooler_output', text: 'pooler_output' },
} as const;
