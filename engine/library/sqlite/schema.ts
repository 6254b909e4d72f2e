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
];

/** The format that this Longview writes. */
export const libraryVersion: number = migrations.length;
