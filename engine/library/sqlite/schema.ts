/** Marks library.db as ours ("LONG"), so that a stranger's database is never migrated. */
export const applicationId = 0x4c4f4e47;

/**
 * Numbered migrations: entry n takes a library from format n to n + 1. Never edit one that has shipped; add one.
 * Times are milliseconds since 1970, media times are seconds on the file's own timeline.
 */
export const migrations: readonly string[] = [
  `
  -- One row: a counter that moves whenever an index becomes visible or goes away.
  CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    generation INTEGER NOT NULL
  ) STRICT;
  INSERT INTO state VALUES (1, 0);

  CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value))
  ) STRICT, WITHOUT ROWID;

  -- A video is its content; where it lies is in files.
  CREATE TABLE videos (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    content_hash TEXT NOT NULL UNIQUE,
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    duration_sec REAL NOT NULL CHECK (duration_sec >= 0),
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    frame_rate REAL NOT NULL,
    codec TEXT NOT NULL,
    recorded_at INTEGER,
    added_at INTEGER NOT NULL
  ) STRICT;

  -- present: 0 where the video is known to lie there no longer, kept as its last known place.
  CREATE TABLE files (
    video INTEGER NOT NULL REFERENCES videos (num) ON DELETE CASCADE,
    path TEXT NOT NULL,
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    seen_at INTEGER NOT NULL,
    -- When the file was last modified as of its hashing; unchanged since, it need not be read again.
    modified_at REAL,
    PRIMARY KEY (video, path)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX file_at_path ON files (path) WHERE present = 1;

  -- One pass of the eyes over a video. Only complete runs are visible, at most one a video.
  CREATE TABLE runs (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    video INTEGER NOT NULL REFERENCES videos (num) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('indexing', 'complete')),
    model_id TEXT NOT NULL,
    model_fingerprint TEXT NOT NULL,
    fps REAL NOT NULL CHECK (fps > 0),
    grid_rows INTEGER NOT NULL,
    grid_columns INTEGER NOT NULL,
    hidden_size INTEGER NOT NULL,
    embedding_size INTEGER NOT NULL,
    patches INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER NOT NULL,
    completed_at INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX visible_run ON runs (video) WHERE state = 'complete';
  CREATE UNIQUE INDEX unfinished_run ON runs (video) WHERE state = 'indexing';

  -- Consecutive temporal patches, packed (see packing.ts): a row each would cost more than what it holds.
  CREATE TABLE patch_batches (
    run INTEGER NOT NULL REFERENCES runs (num) ON DELETE CASCADE,
    first INTEGER NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    times BLOB NOT NULL,
    cuts BLOB NOT NULL,
    embeddings BLOB NOT NULL,
    PRIMARY KEY (run, first)
  ) STRICT;

  CREATE TABLE labels (
    num INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT;

  -- What was seen of one label in one patch batch, packed.
  CREATE TABLE object_batches (
    run INTEGER NOT NULL,
    first INTEGER NOT NULL,
    label INTEGER NOT NULL REFERENCES labels (num),
    count INTEGER NOT NULL CHECK (count > 0),
    objects BLOB NOT NULL,
    PRIMARY KEY (run, label, first),
    FOREIGN KEY (run, first) REFERENCES patch_batches (run, first) ON DELETE CASCADE
  ) STRICT;
  CREATE INDEX object_batches_of_patches ON object_batches (run, first);

  CREATE TABLE thumbnails (
    run INTEGER NOT NULL REFERENCES runs (num) ON DELETE CASCADE,
    time REAL NOT NULL,
    file TEXT NOT NULL,
    PRIMARY KEY (run, time)
  ) STRICT, WITHOUT ROWID;

  -- Every answer that was given: the newest of a key is the cached one, the others are history.
  CREATE TABLE answers (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    content_hash TEXT NOT NULL,
    index_run TEXT NOT NULL,
    model_fingerprint TEXT NOT NULL,
    question_key TEXT NOT NULL,
    gamma REAL NOT NULL,
    sampling TEXT NOT NULL,
    result TEXT NOT NULL CHECK (json_valid(result)),
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1))
  ) STRICT;
  CREATE INDEX answers_by_key
    ON answers (question_key, content_hash, index_run, model_fingerprint, gamma, sampling, num);

  CREATE TABLE answer_videos (
    answer INTEGER NOT NULL REFERENCES answers (num) ON DELETE CASCADE,
    video INTEGER NOT NULL REFERENCES videos (num) ON DELETE CASCADE,
    PRIMARY KEY (answer, video)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX answers_of_video ON answer_videos (video, answer);

  -- What is still to be indexed, and what failed.
  CREATE TABLE jobs (
    path TEXT PRIMARY KEY,
    position REAL NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'paused', 'failed')),
    model_id TEXT,
    fps REAL,
    force INTEGER NOT NULL DEFAULT 0 CHECK (force IN (0, 1)),
    error TEXT CHECK (error IS NULL OR json_valid(error)),
    updated_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX jobs_in_order ON jobs (position);
  `,
  `
  -- Text that comes with a video, and what it was read from (see texts.ts).
  CREATE TABLE texts (
    num INTEGER PRIMARY KEY,
    video INTEGER NOT NULL REFERENCES videos (num) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('said', 'chapter', 'title')),
    start REAL NOT NULL,
    end REAL NOT NULL,
    language TEXT,
    text TEXT NOT NULL
  ) STRICT;
  CREATE INDEX texts_of_video ON texts (video, start);
  CREATE TABLE text_sources (
    video INTEGER PRIMARY KEY REFERENCES videos (num) ON DELETE CASCADE,
    source TEXT NOT NULL
  ) STRICT;
  -- The words of texts, as words.ts cuts them.
  CREATE VIRTUAL TABLE text_index
    USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0');
  CREATE TRIGGER text_goes AFTER DELETE ON texts BEGIN
    DELETE FROM text_index WHERE rowid = old.num;
  END;
  `,
  `
  -- The best score of a batch, so that a large library needn't be unpacked to find where a label was seen best.
  -- NULL in rows of earlier formats until somebody looks (see nearest.ts).
  ALTER TABLE object_batches ADD COLUMN best REAL;
  CREATE INDEX object_batches_by_best ON object_batches (label, best);
  CREATE INDEX object_batches_without_best ON object_batches (run) WHERE best IS NULL;
  `,
  `
  -- The others hold but some of a video's runs each.
  CREATE INDEX runs_of_video ON runs (video);
  -- How often the process ended in the middle of a file, since anything was last stored of it.
  ALTER TABLE jobs ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- Objects know their colours from here on (packing.ts); an older Longview couldn't read them.
  `,
  `
  -- What is known of a video is a set of tracks, each made by one extractor. What one walk over the sampled frames made
  -- (a pass, called a run before) lies together, by temporal patch; its tracks say which parts of it there are.
  DROP INDEX visible_run;
  DROP INDEX unfinished_run;
  DROP INDEX runs_of_video;
  ALTER TABLE runs RENAME TO passes;
  ALTER TABLE patch_batches RENAME COLUMN run TO pass;
  ALTER TABLE object_batches RENAME COLUMN run TO pass;
  ALTER TABLE thumbnails RENAME COLUMN run TO pass;
  CREATE INDEX passes_of_video ON passes (video);

  CREATE TABLE tracks (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    video INTEGER NOT NULL REFERENCES videos (num) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    extractor TEXT NOT NULL,
    version TEXT NOT NULL,
    settings TEXT NOT NULL CHECK (json_valid(settings)),
    state TEXT NOT NULL CHECK (state IN ('making', 'whole')),
    pass INTEGER REFERENCES passes (num) ON DELETE CASCADE,
    -- [[from, to, samples a second], …] in seconds.
    coverage TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(coverage)),
    -- Where to go on, in seconds.
    reached REAL NOT NULL DEFAULT 0,
    items INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER NOT NULL,
    completed_at INTEGER
  ) STRICT;
  -- Of one extractor's tracks of a kind the whole one is searched, until the one that is being made is whole.
  CREATE UNIQUE INDEX whole_track ON tracks (video, kind, extractor) WHERE state = 'whole';
  CREATE UNIQUE INDEX track_in_making ON tracks (video, kind, extractor) WHERE state = 'making';
  CREATE INDEX tracks_of_pass ON tracks (pass);
  CREATE INDEX tracks_of_version ON tracks (kind, version, state);
  CREATE VIEW visible_tracks AS SELECT * FROM tracks WHERE state = 'whole' OR (items > 0 AND NOT EXISTS
    (SELECT 1 FROM tracks AS whole WHERE whole.video = tracks.video AND whole.kind = tracks.kind
       AND whole.extractor = tracks.extractor AND whole.state = 'whole'));

  INSERT INTO tracks
      (id, video, kind, extractor, version, settings, state, pass, coverage, reached, items, started_at, completed_at)
    SELECT lower(hex(randomblob(8))), passes.video, kind.value,
      CASE WHEN kind.value IN ('shots', 'stills') THEN kind.value ELSE 'frames' END,
      CASE WHEN kind.value IN ('shots', 'stills') THEN '1' ELSE model_fingerprint END,
      json_object('fps', fps), CASE state WHEN 'complete' THEN 'whole' ELSE 'making' END, passes.num,
      json_array(json_array(0, CASE state WHEN 'complete' THEN duration_sec ELSE patches * 2 / fps END, fps)),
      CASE state WHEN 'complete' THEN duration_sec ELSE patches * 2 / fps END,
      patches, started_at, completed_at
    FROM passes JOIN videos ON videos.num = passes.video
      JOIN json_each('["shots", "stills", "objects", "embedding", "tokens"]') AS kind
    WHERE kind.value IN ('shots', 'stills', 'embedding')
      OR (kind.value = 'tokens' AND hidden_size > 0)
      -- A bundle without a detector never saw an object anywhere.
      OR (kind.value = 'objects' AND model_fingerprint IN
        (SELECT seen.model_fingerprint FROM object_batches JOIN passes AS seen ON seen.num = object_batches.pass));
  ALTER TABLE passes DROP COLUMN state;
  ALTER TABLE passes DROP COLUMN started_at;
  ALTER TABLE passes DROP COLUMN completed_at;

  -- Lines of text of any origin. extra: what else is known of a line (its box, its speaker, its words' times).
  CREATE TABLE lines (
    num INTEGER PRIMARY KEY,
    track INTEGER NOT NULL REFERENCES tracks (num) ON DELETE CASCADE,
    video INTEGER NOT NULL REFERENCES videos (num) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    start REAL NOT NULL,
    end REAL NOT NULL,
    language TEXT,
    text TEXT NOT NULL,
    extra TEXT CHECK (extra IS NULL OR json_valid(extra))
  ) STRICT;
  INSERT INTO tracks
      (id, video, kind, extractor, version, settings, state, coverage, reached, items, started_at, completed_at)
    SELECT lower(hex(randomblob(8))), video, 'captions', 'captions', '1', json_object('source', source), 'whole',
      json_array(json_array(0, duration_sec, 0)), duration_sec,
      (SELECT count(*) FROM texts WHERE texts.video = text_sources.video), added_at, added_at
    FROM text_sources JOIN videos ON videos.num = text_sources.video;
  INSERT INTO lines (num, track, video, kind, start, end, language, text)
    SELECT texts.num, tracks.num, texts.video, texts.kind, start, end, language, text
    FROM texts JOIN tracks ON tracks.video = texts.video AND tracks.kind = 'captions';
  DROP TRIGGER text_goes;
  DROP TABLE texts;
  DROP TABLE text_sources;
  CREATE INDEX lines_of_video ON lines (video, start);
  CREATE INDEX lines_of_track ON lines (track, start);
  CREATE TRIGGER line_goes AFTER DELETE ON lines BEGIN
    DELETE FROM text_index WHERE rowid = old.num;
  END;

  -- Numbers at even steps (loudness, say), float32: \`data\` holds \`count\` from \`start\` on, a step each.
  CREATE TABLE series (
    track INTEGER NOT NULL REFERENCES tracks (num) ON DELETE CASCADE,
    first INTEGER NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    start REAL NOT NULL,
    step REAL NOT NULL CHECK (step > 0),
    data BLOB NOT NULL,
    PRIMARY KEY (track, first)
  ) STRICT, WITHOUT ROWID;

  -- What somebody asked to have indexed, with every setting; a holder renews its lease as long as it works.
  CREATE TABLE requests (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    request TEXT NOT NULL CHECK (json_valid(request)),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'paused')),
    position REAL NOT NULL,
    holder TEXT,
    lease_until INTEGER,
    added_at INTEGER NOT NULL
  ) STRICT;
  INSERT INTO requests (request, state, position, added_at)
    SELECT json_extract(job.value, '$.request'),
      CASE WHEN json_extract(job.value, '$.paused') THEN 'paused' ELSE 'waiting' END, job.key, 0
    FROM settings JOIN json_each(settings.value) AS job
    WHERE settings.key = 'queue' AND json_type(settings.value) = 'array'
      AND json_type(job.value, '$.request') = 'object';
  -- What an indexing that nobody queued left undone.
  INSERT INTO requests (request, state, position, added_at)
    SELECT json_patch(json_object('paths', json_group_array(path)),
        json_object('model', model_id, 'fps', fps, 'force', CASE force WHEN 1 THEN json('true') END)),
      'waiting', 0, 0
    FROM jobs WHERE state IN ('waiting', 'running') AND NOT EXISTS (SELECT 1 FROM requests)
    GROUP BY model_id, fps, force;
  DELETE FROM settings WHERE key = 'queue';
  ALTER TABLE jobs ADD COLUMN settings TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(settings));
  UPDATE jobs SET settings = json_patch('{}',
    json_object('model', model_id, 'fps', fps, 'force', CASE force WHEN 1 THEN json('true') END));
  ALTER TABLE jobs DROP COLUMN model_id;
  ALTER TABLE jobs DROP COLUMN fps;
  ALTER TABLE jobs DROP COLUMN force;
  ALTER TABLE jobs ADD COLUMN holder TEXT;
  ALTER TABLE jobs ADD COLUMN lease_until INTEGER;
  -- The batch of frames that was in the decoder or the encoder when the process ended, and where it did so before.
  ALTER TABLE jobs ADD COLUMN at REAL;
  ALTER TABLE jobs ADD COLUMN died_at REAL;

  -- Who is indexing which content; two files may have the same.
  CREATE TABLE claims (
    content_hash TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    lease_until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,

  // Moments that somebody keeps. By content and not by video: they stay where one is removed, moved or indexed again.
  `
  CREATE TABLE bins (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    made_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE kept (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    content_hash TEXT NOT NULL,
    -- Where it lay when it was kept.
    path TEXT NOT NULL,
    start REAL NOT NULL CHECK (start >= 0),
    end REAL NOT NULL CHECK (end >= start),
    title TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    favourite INTEGER NOT NULL DEFAULT 0 CHECK (favourite IN (0, 1)),
    kept_at INTEGER NOT NULL,
    UNIQUE (content_hash, start, end)
  ) STRICT;
  CREATE TABLE binned (
    bin INTEGER NOT NULL REFERENCES bins (num) ON DELETE CASCADE,
    kept INTEGER NOT NULL REFERENCES kept (num) ON DELETE CASCADE,
    PRIMARY KEY (bin, kept)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX bins_of_kept ON binned (kept);
  CREATE TABLE kept_tags (
    kept INTEGER NOT NULL REFERENCES kept (num) ON DELETE CASCADE,
    tag TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (kept, tag)
  ) STRICT, WITHOUT ROWID;
  `,

  `
  -- Where a file's own clock begins, in seconds: recorders let it go on from one file of a recording to the next.
  ALTER TABLE videos ADD COLUMN clock_start REAL;
  `,
  `
  -- A library that follows a team's hub. outbox: what is still to be told to it; shared: how much of each track it has;
  -- removed: contents that it removed, should it ever have forgotten that.
  CREATE TABLE outbox (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    what TEXT NOT NULL CHECK (what IN ('remove', 'correct', 'answer')),
    content_hash TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    noted_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE shared (
    track_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    items INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE removed (
    content_hash TEXT PRIMARY KEY,
    removed_by TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,

  `
  -- The index holds more of a line than its words: long numbers and plates character by character (text-match.ts).
  DELETE FROM text_index;
  INSERT INTO text_index (rowid, words) SELECT num, index_terms(text) FROM lines;
  `,
];

/** The format that this Longview writes. */
export const libraryVersion: number = migrations.length;
