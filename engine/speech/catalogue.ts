import type { SpeechKind } from '../protocol/speech.ts';

/** A file of a catalogue's model: its name in the repository, its size and SHA-256 where they are known. */
export interface SpeechFile {
  path: string;
  bytes: number;
  sha256: string;
}

/** A speech model that can be fetched. */
export interface SpeechEntry {
  id: string;
  title: string;
  kind: SpeechKind;
  /** Repository on the hub, and the revision that the hashes are of. */
  repo: string;
  revision: string;
  files: SpeechFile[];
  licence: string;
  /** BCP 47; of Whisper's 99 none are listed: "many". */
  languages: string[] | 'many';
  /** What to choose it for, in a few plain words. */
  goodFor: string;
  /**
   * How many times faster than real time it hears a reading on two cores, where that was measured (docs/speech-and-text.md);
   * others are told from their size at the first use.
   */
  timesRealTime?: number;
}

const whisperTokens: SpeechFile = {
  path: 'tokens.txt',
  bytes: 816_730,
  sha256: 'b34b360dbb493e781e479794586d661700670d65564001f23024971d1f2fa126',
};

function whisper(
  size: string,
  revision: string,
  [encoder, decoder]: readonly [bytes: number, sha256: string][],
  about: Pick<SpeechEntry, 'title' | 'goodFor' | 'timesRealTime'>,
): SpeechEntry {
  return {
    id: `whisper-${size}`,
    kind: 'whisper',
    repo: `csukuangfj/sherpa-onnx-whisper-${size}`,
    revision,
    files: [
      { path: `${size}-encoder.int8.onnx`, bytes: encoder[0], sha256: encoder[1] },
      { path: `${size}-decoder.int8.onnx`, bytes: decoder[0], sha256: decoder[1] },
      { ...whisperTokens, path: `${size}-tokens.txt` },
    ],
    licence: 'MIT',
    languages: 'many',
    ...about,
  };
}

/**
 * Speech models that sherpa-onnx's makers publish in its layout. Sizes, hashes and revisions are taken from the
 * lists that other projects pin; the files were not downloaded here, so that nobody here has compared them.
 */
export const speechCatalogue: readonly SpeechEntry[] = [
  whisper(
    'base',
    'bb53ee204431c90d314c1cc08d28d23e5b7927cc',
    [
      [29_120_534, '0b8fb1304b6109976038efff5ace81720e00386f3ff6b54ee8c75291ca0a1e11'],
      [130_672_026, '9759d217388a01b3a4c7c15533201067b48ae819c4daafc8624e64b9409dc02d'],
    ],
    { title: 'Whisper base', goodFor: '99 languages; clear speech' },
  ),
  whisper(
    'tiny',
    '65176e2deb88badc814a94058666cadccc29b61c',
    [
      [12_937_772, 'd24fb083ae3b1041fc24e97971d60e280c9342201fbb67b0ab428a8b4a51a434'],
      [89_855_401, 'd2fece8dd42771f1df975c6c0445770d0c292bf7547c2cae04a6c0cc57540925'],
    ],
    { title: 'Whisper tiny', goodFor: '99 languages; slow computers' },
  ),
  whisper(
    'small',
    '8f3c18b358db4d1f2fc1eae49d75cd20989e4309',
    [
      [112_442_483, '4cbe7b22fa9026b843b60a68640c747de05bafb1a11b57edc0e66c232d9f33a9'],
      [262_226_114, 'acad50b5c782696e91b55914cc5ab4f756f1532f76e22aa6fc615f39fb69a8ee'],
    ],
    { title: 'Whisper small', goodFor: '99 languages; fewer mistakes, slower' },
  ),
  whisper(
    'turbo',
    '2ca6ff69fc878651b770880507669577ac41c2ff',
    [
      [674_716_297, 'b02dcdf54f348741e93fe732b67d933c8dcb6735655f710640143081db38878b'],
      [361_080_764, '20accd02388482eb3a46bd615631adfdc85e1eb2c7db9ea3f02a40ffe6b81547'],
    ],
    { title: 'Whisper large-v3-turbo', goodFor: '99 languages; fewest mistakes, fast computers' },
  ),
  {
    id: 'sense-voice',
    title: 'SenseVoice small',
    kind: 'sense-voice',
    repo: 'csukuangfj/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-int8-2025-09-09',
    revision: '355f4d4884d8afd08aef04b9007a8556d7b463b2',
    files: [
      {
        path: 'model.int8.onnx',
        bytes: 237_115_547,
        sha256: '12ca1a2ae7ecf3e0019ef2822307ee0b5cadc9196569e379b4c4026f8205276d',
      },
      {
        path: 'tokens.txt',
        bytes: 315_894,
        sha256: 'f449eb28dc567533d7fa59be34e2abca8784f771850c78a47fb731a31429a1dc',
      },
    ],
    licence: 'FunASR model licence 1.1: read it before commercial use',
    languages: ['zh', 'yue', 'en', 'ja', 'ko'],
    goodFor: 'Chinese, Cantonese, Japanese and Korean; fast',
  },
  {
    id: 'parakeet-v3',
    title: 'Parakeet TDT 0.6B v3',
    kind: 'transducer',
    repo: 'csukuangfj/sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8',
    revision: '2bda32ec70b097a55adaa07d9a7173915b43cc78',
    files: [
      {
        path: 'encoder.int8.onnx',
        bytes: 652_184_281,
        sha256: 'acfc2b4456377e15d04f0243af540b7fe7c992f8d898d751cf134c3a55fd2247',
      },
      {
        path: 'decoder.int8.onnx',
        bytes: 11_845_275,
        sha256: '179e50c43d1a9de79c8a24149a2f9bac6eb5981823f2a2ed88d655b24248db4e',
      },
      {
        path: 'joiner.int8.onnx',
        bytes: 6_355_277,
        sha256: '3164c13fc2821009440d20fcb5fdc78bff28b4db2f8d0f0b329101719c0948b3',
      },
      {
        path: 'tokens.txt',
        bytes: 93_939,
        sha256: 'd58544679ea4bc6ac563d1f545eb7d474bd6cfa467f0a6e2c1dc1c7d37e3c35d',
      },
    ],
    licence: 'CC BY 4.0 (NVIDIA)',
    languages: 'bg hr cs da nl en et fi fr de el hu it lv lt mt pl pt ro sk sl es sv ru uk'.split(' '),
    goodFor: '25 European languages, each found by itself; exact times of words',
  },
];

/** Bytes that are fetched for a model. */
export function downloadBytes({ files }: SpeechEntry): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** What is offered first for a language: the model that is made for it, else the default. */
export function modelForLanguage(language: string | undefined): SpeechEntry {
  const code = language?.toLowerCase().split(/[-_]/)[0];
  const asian = ['zh', 'yue', 'ja', 'ko'];
  return (
    (code && asian.includes(code) && speechCatalogue.find(({ id }) => id === 'sense-voice')) ||
    speechCatalogue[0]
  );
}
