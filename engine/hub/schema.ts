/**
 * The hub's tables, in a PostgreSQL schema of their own. Entry n takes a hub from format n to n + 1. Never edit one that
 * has shipped; add one, and say with `oldest` which Longview may still work with it.
 *
 * Whoever publishes takes the hub's next number last in its transaction, and holds that row until it commits: numbers
 * become visible in their order, so that whoever has read up to one has missed none. A random stamp beside each number
 * tells a hub that was put back to an earlier state from one that went on.
 */
export const hubMigrations: readonly { name: string; oldest: number; sql: string }[] = [
  {
    name: '0001 videos, tracks, segments, jobs, people',
    oldest: 1,
    sql: `
    CREATE TABLE longview.hub (
      one boolean PRIMARY KEY CHECK (one),
      id uuid NOT NULL DEFAULT gen_random_uuid(),
      format integer NOT NULL,
      oldest integer NOT NULL,
      seq bigint NOT NULL DEFAULT 0,
      -- So long a worker that isn't heard from keeps its job.
      lease interval NOT NULL DEFAULT '45 s',
      made_at timestamptz NOT NULL DEFAULT now()
    );
    INSERT INTO longview.hub (one, format, oldest) VALUES (true, 1, 1);

    -- Everything that happened, in order: what replicas follow, and who did what when. Only the hub's clock counts.
    CREATE TABLE longview.changes (
      seq bigint PRIMARY KEY,
      stamp uuid NOT NULL DEFAULT gen_random_uuid(),
      what text NOT NULL,
      content text,
      made_by text NOT NULL,
      detail jsonb,
      at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    CREATE INDEX changes_of_content ON longview.changes (content, seq);

    -- A video is its content. A removed one stays as a name, so that it doesn't come back from a laptop.
    CREATE TABLE longview.videos (
      content text PRIMARY KEY,
      facts jsonb NOT NULL,
      duration_sec double precision NOT NULL,
      added_at timestamptz NOT NULL DEFAULT now(),
      removed_at timestamptz,
      removed_by text
    );
    CREATE TABLE longview.roots (name text PRIMARY KEY, added_at timestamptz NOT NULL DEFAULT now());
    -- Where videos lie: a root's name, and a path below it with slashes.
    CREATE TABLE longview.places (
      root text NOT NULL REFERENCES longview.roots ON DELETE CASCADE,
      path text NOT NULL,
      content text NOT NULL REFERENCES longview.videos ON DELETE CASCADE,
      modified_ms double precision,
      seen_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (root, path)
    );
    CREATE INDEX places_of_video ON longview.places (content);

    CREATE TABLE longview.passes (
      id text PRIMARY KEY,
      content text NOT NULL REFERENCES longview.videos ON DELETE CASCADE,
      extractor text NOT NULL,
      settings jsonb NOT NULL,
      state text NOT NULL CHECK (state IN ('making', 'whole')),
      patches integer NOT NULL DEFAULT 0,
      made_by text NOT NULL
    );
    CREATE UNIQUE INDEX one_pass ON longview.passes (content, extractor, state);
    CREATE TABLE longview.tracks (
      id text PRIMARY KEY,
      content text NOT NULL REFERENCES longview.videos ON DELETE CASCADE,
      pass text REFERENCES longview.passes ON DELETE CASCADE,
      kind text NOT NULL,
      extractor text NOT NULL,
      version text NOT NULL,
      settings jsonb NOT NULL,
      state text NOT NULL CHECK (state IN ('making', 'whole')),
      coverage jsonb NOT NULL,
      reached double precision NOT NULL,
      items integer NOT NULL,
      started_at double precision NOT NULL,
      completed_at double precision,
      digest text,
      made_by text NOT NULL
    );
    CREATE INDEX tracks_of_video ON longview.tracks (content);
    CREATE UNIQUE INDEX one_track ON longview.tracks (content, kind, extractor, state) WHERE pass IS NULL;

    -- Append-only: what was made of a stretch of a video. Packed already, so PostgreSQL need not try.
    CREATE TABLE longview.segments (
      pass text REFERENCES longview.passes ON DELETE CASCADE,
      track text REFERENCES longview.tracks ON DELETE CASCADE,
      owner text GENERATED ALWAYS AS (coalesce(pass, track)) STORED,
      part text NOT NULL CHECK (part IN ('patches', 'tokens', 'stills', 'lines', 'series')),
      first integer NOT NULL,
      count integer NOT NULL CHECK (count >= 0),
      data bytea NOT NULL,
      PRIMARY KEY (owner, part, first),
      CHECK (num_nonnulls(pass, track) = 1)
    );
    ALTER TABLE longview.segments ALTER COLUMN data SET STORAGE EXTERNAL;
    CREATE INDEX segments_of_pass ON longview.segments (pass);
    CREATE INDEX segments_of_track ON longview.segments (track);

    -- What people put right, every time: the last to arrive counts, what it replaced stays.
    CREATE TABLE longview.corrections (
      num bigserial PRIMARY KEY,
      content text NOT NULL,
      start_sec double precision NOT NULL,
      end_sec double precision NOT NULL,
      body jsonb NOT NULL,
      made_by text NOT NULL,
      arrived_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    CREATE INDEX corrections_of_video ON longview.corrections (content, num);
    -- Answers that somebody shared on purpose.
    CREATE TABLE longview.answers (
      num bigserial PRIMARY KEY,
      content text NOT NULL,
      body jsonb NOT NULL,
      digest text NOT NULL UNIQUE,
      made_by text NOT NULL,
      shared_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    CREATE INDEX answers_of_video ON longview.answers (content);

    CREATE TABLE longview.jobs (
      num bigserial PRIMARY KEY,
      -- Somebody may be indexing what the hub doesn't know yet.
      content text NOT NULL,
      extractors text NOT NULL,
      -- Whoever takes it must make just this; anything where it is null.
      version text,
      options jsonb NOT NULL DEFAULT '{}',
      priority integer NOT NULL DEFAULT 0,
      state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'aside')),
      not_before timestamptz NOT NULL DEFAULT now(),
      tries integer NOT NULL DEFAULT 0,
      -- Workers that died over it since it last got further, and how far it was then.
      deaths integer NOT NULL DEFAULT 0,
      died_at double precision,
      reached double precision NOT NULL DEFAULT 0,
      error jsonb,
      holder text,
      lease_until timestamptz,
      added_by text NOT NULL,
      added_at timestamptz NOT NULL DEFAULT now(),
      ended_at timestamptz
    );
    CREATE UNIQUE INDEX one_job ON longview.jobs (content, extractors) WHERE state IN ('waiting', 'running');
    CREATE INDEX jobs_in_order ON longview.jobs (priority DESC, num) WHERE state = 'waiting';
    CREATE INDEX jobs_running ON longview.jobs (lease_until) WHERE state = 'running';
    -- Who made how much of a job: one line for each time that it was held.
    CREATE TABLE longview.shifts (
      num bigserial PRIMARY KEY,
      job bigint NOT NULL REFERENCES longview.jobs ON DELETE CASCADE,
      worker text NOT NULL,
      began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      ended_at timestamptz,
      how text,
      from_sec double precision NOT NULL DEFAULT 0,
      to_sec double precision NOT NULL DEFAULT 0
    );
    CREATE INDEX shifts_of_job ON longview.shifts (job);
    CREATE TABLE longview.workers (
      name text PRIMARY KEY,
      extractors text[] NOT NULL,
      roots text[] NOT NULL,
      versions text[] NOT NULL,
      format integer NOT NULL,
      state text NOT NULL,
      heard_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );

    -- People by the hashes of their tokens; whoever was withdrawn stays by name.
    CREATE TABLE longview.people (
      name text PRIMARY KEY,
      role text NOT NULL CHECK (role IN ('see', 'ask', 'add', 'administer')),
      token_hash text NOT NULL UNIQUE,
      made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      withdrawn_at timestamptz
    );
    `,
  },
];

/** The hub format that this Longview knows. */
export const hubFormat: number = hubMigrations.length;
