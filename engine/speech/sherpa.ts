import { createRequire } from 'node:module';
import { z } from 'zod';
import type { EarsSpec } from './messages.ts';
import { detectorWindow, sampleRate, type Ears, type Recognised, type VoiceDetector } from './types.ts';

/** What is used of sherpa-onnx-node, which has no types. */
interface Sherpa {
  Vad: new (config: object, bufferSec: number) => SherpaVad;
  OfflineRecognizer: { createAsync(config: object): Promise<SherpaRecognizer> };
}
interface SherpaVad {
  acceptWaveform(samples: Float32Array): void;
  isEmpty(): boolean;
  isDetected(): boolean;
  front(externalBuffer: boolean): { start: number; samples: Float32Array };
  pop(): void;
  flush(): void;
  reset(): void;
}
interface SherpaRecognizer {
  createStream(): { acceptWaveform(sound: { samples: Float32Array; sampleRate: number }): void };
  decodeAsync(stream: object): Promise<unknown>;
}

const resultSchema = z.object({
  text: z.string(),
  lang: z.string().default(''),
  tokens: z.array(z.string()).default([]),
  timestamps: z.array(z.number()).default([]),
  ys_log_probs: z.array(z.number()).default([]),
});

/**
 * Loads a detector and a recogniser of sherpa-onnx (Apache-2.0) into this process, which must not have loaded another
 * onnxruntime.
 */
export async function openSherpa(spec: EarsSpec): Promise<Ears> {
  // Late: with the engine's own onnxruntime in the process this would load the wrong library.
  const sherpa = createRequire(import.meta.url)('sherpa-onnx-node') as Sherpa;
  const recogniser = await sherpa.OfflineRecognizer.createAsync({
    featConfig: { sampleRate, featureDim: 80 },
    modelConfig: {
      ...modelConfig(spec),
      tokens: spec.files.tokens,
      numThreads: spec.threads,
      provider: 'cpu',
      debug: 0,
    },
  });
  return {
    detector: createDetector(sherpa, spec.vad),
    async recognise(samples) {
      const stream = recogniser.createStream();
      stream.acceptWaveform({ samples, sampleRate });
      return toRecognised(resultSchema.parse(await recogniser.decodeAsync(stream)), spec.language);
    },
  };
}

/** Silero VAD through sherpa-onnx. */
export function createDetector({ Vad }: Pick<Sherpa, 'Vad'>, weights: string): VoiceDetector {
  const vad = new Vad(
    {
      sileroVad: {
        model: weights,
        threshold: 0.5,
        // Fine: pieces are joined here, and pauses say where words lie.
        minSilenceDuration: 0.1,
        minSpeechDuration: 0.1,
        windowSize: detectorWindow,
        // Long speech is cut here, where its quietest place is known.
        maxSpeechDuration: 1000,
      },
      sampleRate,
      numThreads: 1,
      debug: 0,
    },
    60,
  );
  const taken = () => {
    const found: { start: number; end: number }[] = [];
    for (; !vad.isEmpty(); vad.pop()) {
      const { start, samples } = vad.front(false);
      found.push({ start, end: start + samples.length });
    }
    return found;
  };
  return {
    reset: () => vad.reset(),
    accept(window) {
      vad.acceptWaveform(window);
      return taken();
    },
    speaking: () => vad.isDetected(),
    flush() {
      vad.flush();
      return taken();
    },
  };
}

function modelConfig({ kind, files, nemo, language = '' }: EarsSpec): object {
  const { encoder, decoder, joiner, model, preprocessor, uncachedDecoder, cachedDecoder } = files;
  if (kind === 'whisper')
    return { whisper: { encoder, decoder, language, task: 'transcribe', tailPaddings: -1 } };
  if (kind === 'sense-voice') return { senseVoice: { model, language, useInverseTextNormalization: 1 } };
  if (kind === 'transducer')
    return { transducer: { encoder, decoder, joiner }, ...(nemo ? { modelType: 'nemo_transducer' } : {}) };
  return { moonshine: { preprocessor, encoder, uncachedDecoder, cachedDecoder } };
}

function toRecognised(
  { text, lang, tokens, timestamps, ys_log_probs: logs }: z.infer<typeof resultSchema>,
  asked: string | undefined,
): Recognised {
  const language = lang.replace(/[<|>]/g, '') || asked;
  const timed = timestamps.length === tokens.length && tokens.length > 0;
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  return {
    text: text.trim(),
    ...(language ? { language } : {}),
    ...(timed ? { tokens: tokens.map((token, n) => ({ text: token, start: timestamps[n] })) } : {}),
    ...(logs.length > 0 ? { confidence: Math.min(1, Math.exp(mean)) } : {}),
  };
}
