import type { Expectations } from '../case-run.ts';

/** Subtitles and sidecars, and words of other languages. */
export const text: Expectations = {
  async 'sub-names'(run) {
    await run.index();
    const animals = { a: 'marmot', b: 'chinchilla', c: 'lyrebird', d: 'pangolin' };
    for (const [name, animal] of Object.entries(animals)) await run.said(animal, `${name}.mp4`, 2, 4);
  },
  async 'sub-encodings'(run) {
    await run.index();
    await run.said('資料庫', 'tw.mp4', 6, 8);
    await run.said('świstaku', 'pl.mp4', 6, 8);
    await run.said('βάση δεδομένων', 'gr.mp4', 6, 8);
  },
  async 'sub-one-bad-byte'(run) {
    await run.index();
    await run.said('数据库', 'zh.mp4', 2, 4);
  },
  async 'sub-other-formats'(run) {
    await run.index();
    const animals = { smi: 'capybara', sbv: 'otter', ttml: 'badger', lrc: 'stoat' };
    for (const [name, animal] of Object.entries(animals)) await run.said(animal, `${name}.mp4`, 2, 4);
  },
  async 'sub-angle-brackets'(run) {
    await run.index();
    await run.said('vector float', 'lesson.mp4', 2, 4);
    await run.said('b and c', 'lesson.mp4', 6, 9);
  },
  async 'sub-space-line'(run) {
    await run.index();
    const [first] = await run.find('kookaburra', { sources: ['said'] });
    run.near('kookaburra is said', first?.start, 2);
  },
  async 'sub-ass-drawing'(run) {
    await run.index();
    await run.said('ocelot', 'film.mkv', 10, 13);
    const drawn = await run.find('100 50', { sources: ['said'] });
    run.expect(drawn.length === 0, 'a drawing is said');
  },
  async 'sub-telemetry'(run) {
    await run.index();
    for (const word of ['color', 'default']) {
      const moments = await run.find(word, { sources: ['said'] });
      run.expect(moments.length === 0, `telemetry is said: "${word}"`);
    }
    const lines = (await run.engine.transcript({ video: run.at('DJI_0042.MP4') })).lines.length;
    run.expect(lines < 30, `${lines} lines of telemetry are kept`);
  },
  async 'sub-words'(run) {
    await run.index();
    await run.said('armadillo crossed the frozen river', 'w.mp4', 3, 5.5);
  },
  async 'words-japanese'(run) {
    await run.index();
    await run.said('コーヒー', 'ja.mp4', 2, 4);
  },
  async 'words-korean'(run) {
    await run.index();
    await run.said('강아지', 'ko.mp4', 10, 13);
    await run.said('공원', 'ko.mp4', 10, 13);
  },
  async 'cc-in-picture'(run) {
    await run.index();
    await run.said('okapi', 'broadcast.ts', 10.7, 20.6);
  },
  async 'duplicate-subtitles'(run) {
    for (const time of ['first', 'second']) {
      await run.index();
      const moments = await run.find('capercaillie', { sources: ['said'] });
      run.near(`capercaillie, the ${time} time`, moments[0]?.start, 1);
    }
    const there = await run.find('capercaillie', { sources: ['said'], folders: [run.at('b')] });
    run.expect(there[0]?.path === run.at('b/film.mp4'), `in folder b: ${there[0]?.path}`);
  },
  async 'chinese-question'(run) {
    await run.index();
    for (const query of ['瓶子', '一个瓶子']) {
      const { moments, confident } = await run.engine.find({ query });
      run.expect(confident && moments.length > 0, `${query}: no confident match`);
    }
    const { answer } = await run.engine.ask({ question: '视频里有瓶子吗？' });
    run.expect(!/^not shown|^no\b/i.test(answer), `视频里有瓶子吗？ ${answer}`);
  },
};
