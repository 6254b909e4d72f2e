import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../../tests/fixtures/library.ts';
import { languageOf } from './languages.ts';
import { findSidecars } from './sidecars.ts';

function folderOf(t: TestContext, names: readonly string[]): string {
  const folder = temporaryFolder(t);
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), 'x');
  }
  return folder;
}

const found = async (folder: string, video: string) =>
  Object.fromEntries(
    (await findSidecars(join(folder, video))).map(({ path, language }) => [
      relative(folder, path).replaceAll('\\', '/'),
      language,
    ]),
  );

test('beside the video: its name, then languages and kinds by anybody’s habit', async (t) => {
  const yes: Record<string, string | undefined> = {
    'film.srt': undefined,
    'film.mp4.srt': undefined,
    'FILM.EN.SRT': 'en',
    'film.es-419.srt': 'es-419',
    'film.zh-Hant-en.srt': 'zh-Hant',
    'film.zh-Hans.forced.ass': 'zh-Hans',
    'film.pt_BR.vtt': 'pt-BR',
    'film.chs&eng.srt': 'zh-Hans',
    'film.简体&英文.ass': 'zh-Hans',
    'film.eng.sdh.srt': 'en',
    'film.de.2.srt': 'de',
    'film.xyz.srt': undefined,
    'film_en.srt': 'en',
    'film-English.srt': 'en',
    'film - Français.srt': 'fr',
    'film (Deutsch).ssa': 'de',
    'film [日本語].vtt': 'ja',
    'film.forced.srt': undefined,
    'film.en.ttml': 'en',
    'film.smi': undefined,
  };
  const no = [
    'film.2.srt',
    'filmography.srt',
    'film.txt',
    'film 2.srt',
    'film - the making.srt',
    'other.srt',
    'fiml.srt',
  ];
  const folder = folderOf(t, [...Object.keys(yes), ...no, 'film.mp4']);
  assert.deepEqual(await found(folder, 'film.mp4'), yes);
  assert.deepEqual(await findSidecars(join(folder, 'nowhere', 'film.mp4')), []);
});

test('in folders: named after the video, in one of its own, or by language where it is alone', async (t) => {
  const folder = folderOf(t, [
    'a/film.mp4',
    'a/Subs/film.en.srt',
    'a/Subs/film.srt',
    'a/Spanish.srt',
    'a/notes.srt',
    'a/Subs/2_English.srt',
    'a/Subs/3_German.srt',
    'a/subtitles/ja/film.srt',
    'a/Subs/making of.srt',
    'b/one.mp4',
    'b/two.mkv',
    'b/Subs/one/2_English.srt',
    'b/Subs/two/3_French.srt',
    'b/Subs/two/track.srt',
    'b/French.srt',
    'b/Subs/English.srt',
    'b/SUBS/one.KO.SRT',
    'b/extras/one.srt',
  ]);
  assert.deepEqual(await found(folder, 'a/film.mp4'), {
    'a/Spanish.srt': 'es',
    'a/Subs/film.en.srt': 'en',
    'a/Subs/film.srt': undefined,
    'a/Subs/2_English.srt': 'en',
    'a/Subs/3_German.srt': 'de',
    'a/subtitles/ja/film.srt': 'ja',
  });
  assert.deepEqual(await found(folder, 'b/one.mp4'), {
    'b/Subs/one/2_English.srt': 'en',
    'b/SUBS/one.KO.SRT': 'ko',
  });
  assert.deepEqual(await found(folder, 'b/two.mkv'), {
    'b/Subs/two/3_French.srt': 'fr',
    'b/Subs/two/track.srt': undefined,
  });
});

test('a file belongs to the video whose whole name it has', async (t) => {
  const folder = folderOf(t, [
    'film.mp4',
    'film.en.mp4',
    'film.e.mp4',
    'film.en.srt',
    'film.en.de.srt',
    'film.de.srt',
  ]);
  assert.deepEqual(await found(folder, 'film.mp4'), { 'film.de.srt': 'de' });
  assert.deepEqual(await found(folder, 'film.en.mp4'), { 'film.en.srt': undefined, 'film.en.de.srt': 'de' });
});

test('kinds that can’t be read are found too, without a format', async (t) => {
  const folder = folderOf(t, ['film.mp4', 'film.sup', 'film.en.stl', 'film.idx', 'film.sub', 'film.nfo']);
  assert.deepEqual(
    (await findSidecars(join(folder, 'film.mp4'))).map(({ path, format }) => [
      relative(folder, path),
      format,
    ]),
    [
      ['film.en.stl', undefined],
      ['film.idx', undefined],
      ['film.sub', 'sub'],
      ['film.sup', undefined],
    ],
  );
});

test('languages go by codes, tags, English and own names', () => {
  for (const [word, tag] of [
    ['eng', 'en'],
    ['ger', 'de'],
    ['Deutsch', 'de'],
    ['FRANÇAIS', 'fr'],
    ['francais', 'fr'],
    ['русский', 'ru'],
    ['한국어', 'ko'],
    ['cht', 'zh-Hant'],
    ['zh-hant', 'zh-Hant'],
    ['pt_br', 'pt-BR'],
    ['Brazilian', 'pt-BR'],
    ['sr-Latn', 'sr-Latn'],
    ['cut', undefined],
    ['del', undefined],
    ['x', undefined],
    ['english subtitles', undefined],
  ] as const)
    assert.equal(languageOf(word), tag, word);
});
