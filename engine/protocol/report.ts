import { z } from 'zod';

/** `report`: whether paths and names of files may be in it. */
export const reportRequestSchema = z.strictObject({ paths: z.boolean().optional() });

/** A report for whoever helps with a problem. */
export const reportResultSchema = z.object({ text: z.string() });

/** Parsed {@link reportRequestSchema}. */
export type ReportRequest = z.infer<typeof reportRequestSchema>;
/** Parsed {@link reportResultSchema}. */
export type ReportResult = z.infer<typeof reportResultSchema>;
