import { z } from 'zod';

const number = z.coerce.number().optional().catch(undefined);
const text = z.string().optional().catch(undefined);
const tags = z.record(z.string(), z.string()).default({}).catch({});

const streamSchema = z.object({
  index: z.number().int(),
  codec_type: text,
  codec_name: text,
  profile: text,
  pix_fmt: text,
  width: number,
  height: number,
  sample_aspect_ratio: text,
  color_transfer: text,
  color_primaries: text,
  field_order: text,
  r_frame_rate: text,
  avg_frame_rate: text,
  start_time: number,
  duration: number,
  channels: number,
  disposition: z.record(z.string(), z.number()).default({}).catch({}),
  tags,
  side_data_list: z
    .array(z.object({ rotation: number }))
    .default([])
    .catch([]),
});

const chapterSchema = z.object({ start_time: number, end_time: number, tags });

/** What ffprobe's JSON says about a file, or what was read from ffmpeg's own listing in the same form. */
export const rawProbeSchema = z.object({
  streams: z.array(streamSchema).default([]),
  chapters: z.array(chapterSchema).default([]),
  /** The first packets of all streams, for judging how evenly the pictures come. */
  packets: z
    .array(z.object({ stream_index: number, pts_time: number, flags: text }))
    .default([])
    .catch([]),
  format: z.object({
    format_name: z.string(),
    start_time: number,
    duration: number,
    probe_score: number,
    tags,
  }),
});

/** See {@link rawProbeSchema}. */
export type RawProbe = z.infer<typeof rawProbeSchema>;
/** One stream of a {@link RawProbe}. */
export type RawStream = RawProbe['streams'][number];
