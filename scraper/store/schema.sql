-- The catalogue. Everything here can be made again from the files of the archive, except `frontier`, `hosts` and
-- `sources`, which say when to look next. Times are microseconds since 1970 in UTC. `seq` puts all records of all WARC
-- files in one order: serial of the file * 2^40 + offset. An older layout is not migrated but made again.

CREATE TABLE articles (
    id         TEXT PRIMARY KEY,
    outlet     TEXT NOT NULL,
    url        TEXT NOT NULL,
    path       TEXT NOT NULL UNIQUE,
    title      TEXT,
    first_seen INTEGER NOT NULL,
    latest     INTEGER NOT NULL,
    gone_since INTEGER,
    follows    TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX articles_following ON articles (follows) WHERE follows IS NOT NULL;
CREATE INDEX articles_of_outlet ON articles (outlet, first_seen);
CREATE INDEX articles_gone ON articles (gone_since, outlet) WHERE gone_since IS NOT NULL;

-- Every form of an address under which an article was seen, by its identity key. A key belongs to one article.
CREATE TABLE aliases (
    key        TEXT NOT NULL,
    url        TEXT NOT NULL,
    article_id TEXT NOT NULL,
    PRIMARY KEY (key, url)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_of_article ON aliases (article_id);

-- What another address of an article may have in common with those that were seen: where to look, never a proof.
CREATE TABLE hints (
    hint       TEXT NOT NULL,
    article_id TEXT NOT NULL,
    PRIMARY KEY (hint, article_id)
) STRICT, WITHOUT ROWID;

-- Each version as it is read now. `seq` is that of its capture; `revision` counts how often it was read anew with
-- another result. `size` is that of text and sidecar together. `marks` are those of the body (`scraper/likeness.py`),
-- six bytes each.
CREATE TABLE versions (
    article_id     TEXT NOT NULL,
    version        INTEGER NOT NULL,
    outlet         TEXT NOT NULL,
    path           TEXT NOT NULL,
    sha256         TEXT NOT NULL,
    sidecar_sha256 TEXT NOT NULL,
    size           INTEGER NOT NULL,
    verdict        TEXT NOT NULL,
    captured_at    INTEGER NOT NULL,
    seq            INTEGER NOT NULL,
    title          TEXT,
    kinds          TEXT NOT NULL,
    stealth        INTEGER NOT NULL,
    flags          TEXT NOT NULL,
    revision       INTEGER NOT NULL,
    marks          BLOB NOT NULL,
    PRIMARY KEY (article_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX versions_by_time ON versions (captured_at);
-- All that a list of edits is chosen by: rows that are passed over cost no look at their versions.
CREATE INDEX edits_by_time ON versions (captured_at, article_id, version, kinds, stealth, outlet) WHERE kinds <> '';
CREATE INDEX versions_of_outlet ON versions (outlet, captured_at, article_id, version, kinds, stealth);

-- All readings of all versions, as they lie on disk: revision 0 is the first, from the day of the capture.
CREATE TABLE readings (
    article_id     TEXT NOT NULL,
    version        INTEGER NOT NULL,
    revision       INTEGER NOT NULL,
    path           TEXT NOT NULL,
    sha256         TEXT NOT NULL,
    sidecar_sha256 TEXT NOT NULL,
    size           INTEGER NOT NULL,
    at             INTEGER NOT NULL,
    reading        TEXT NOT NULL,
    manifest       TEXT,
    PRIMARY KEY (article_id, version, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX readings_without_manifest ON readings (at) WHERE manifest IS NULL;

-- What is kept of each outlet, counted while it is taken in: to say it costs by outlets and not by articles. `bytes` are
-- those of all readings.
CREATE TABLE tallies (
    outlet   TEXT PRIMARY KEY,
    articles INTEGER NOT NULL DEFAULT 0,
    gone     INTEGER NOT NULL DEFAULT 0,
    versions INTEGER NOT NULL DEFAULT 0,
    bytes    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TRIGGER article_added AFTER INSERT ON articles BEGIN
    INSERT INTO tallies (outlet, articles, gone) VALUES (NEW.outlet, 1, NEW.gone_since IS NOT NULL)
    ON CONFLICT (outlet) DO UPDATE SET articles = articles + 1, gone = gone + excluded.gone;
END;
CREATE TRIGGER article_went_or_came AFTER UPDATE OF gone_since ON articles
WHEN (OLD.gone_since IS NULL) <> (NEW.gone_since IS NULL) BEGIN
    UPDATE tallies SET gone = gone + (NEW.gone_since IS NOT NULL) - (OLD.gone_since IS NOT NULL)
    WHERE outlet = NEW.outlet;
END;
CREATE TRIGGER version_added AFTER INSERT ON versions BEGIN
    INSERT INTO tallies (outlet, versions) VALUES (NEW.outlet, 1)
    ON CONFLICT (outlet) DO UPDATE SET versions = versions + 1;
END;
CREATE TRIGGER reading_added AFTER INSERT ON readings BEGIN
    UPDATE tallies SET bytes = bytes + NEW.size WHERE outlet =
        (SELECT outlet FROM versions WHERE article_id = NEW.article_id AND version = NEW.version);
END;

-- Which articles have a mark, in any version as it was read at any time: how copies of a text are found. An edit adds
-- only what it changed, so that this grows by text and not by versions.
CREATE TABLE marks (
    mark       INTEGER NOT NULL,
    article_id TEXT NOT NULL,
    PRIMARY KEY (mark, article_id)
) STRICT, WITHOUT ROWID;

-- Tombstones (`gone`) and the files that end them (`back`).
CREATE TABLE markers (
    path          TEXT PRIMARY KEY,
    article_id    TEXT NOT NULL,
    kind          TEXT NOT NULL,
    at            INTEGER NOT NULL,
    since         INTEGER,
    after_version INTEGER NOT NULL,
    sha256        TEXT NOT NULL,
    manifest      TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX markers_of_article ON markers (article_id);
CREATE INDEX markers_without_manifest ON markers (at) WHERE manifest IS NULL;

-- What was learnt, and forgotten again, about widgets of an outlet, in order.
CREATE TABLE widgets (
    outlet   TEXT NOT NULL,
    number   INTEGER NOT NULL,
    path     TEXT NOT NULL UNIQUE,
    sha256   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    decision TEXT NOT NULL,
    data     TEXT NOT NULL,
    manifest TEXT,
    PRIMARY KEY (outlet, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX widgets_without_manifest ON widgets (at) WHERE manifest IS NULL;

-- Records that hold an answer, as far as a visit refers to them. `seq` is where they were first written. `verdict` and
-- `version` are those of the visit, `refers_to` the record whose payload this one repeats.
CREATE TABLE captures (
    seq         INTEGER PRIMARY KEY,
    length      INTEGER NOT NULL,
    record_id   TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL,
    digest      TEXT NOT NULL,
    url         TEXT NOT NULL,
    status      INTEGER NOT NULL,
    captured_at INTEGER NOT NULL,
    refers_to   TEXT,
    verdict     TEXT NOT NULL,
    version     INTEGER
) STRICT;
CREATE INDEX captures_of_url ON captures (url);
CREATE INDEX captures_repeating ON captures (refers_to) WHERE refers_to IS NOT NULL;

-- Records that are not where they were first written, since their WARC file was pruned; and those that are gone.
CREATE TABLE moved (
    record_id TEXT PRIMARY KEY,
    seq       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX moved_by_place ON moved (seq);

CREATE TABLE pruned (
    record_id TEXT PRIMARY KEY,
    serial    INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    why       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a metadata record: what each visit found.
CREATE TABLE visits (
    seq         INTEGER PRIMARY KEY,
    record_id   TEXT NOT NULL,
    article_id  TEXT,
    key         TEXT NOT NULL,
    url         TEXT NOT NULL,
    outlet      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    verdict     TEXT NOT NULL,
    reason      TEXT,
    flags       TEXT NOT NULL,
    version     INTEGER,
    capture_seq INTEGER
) STRICT;
CREATE INDEX visits_of_article ON visits (article_id, seq, at) WHERE article_id IS NOT NULL;
CREATE INDEX visits_of_key ON visits (key, seq) WHERE article_id IS NULL;
CREATE INDEX visits_failed ON visits (outlet, at) WHERE verdict IN ('failed', 'partial');

-- Records of other people's WARC files that were brought here: their keys, and what they said of themselves.
CREATE TABLE imports (
    key         TEXT PRIMARY KEY,
    record_id   TEXT NOT NULL,
    payload     TEXT NOT NULL,
    url         TEXT NOT NULL,
    capture_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX imports_by_id ON imports (record_id);
CREATE INDEX imports_by_payload ON imports (url, payload);

-- The WARC files. `known` is how far the records have been taken into this catalogue.
CREATE TABLE warcs (
    serial     INTEGER PRIMARY KEY,
    file       TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    known      INTEGER NOT NULL,
    manifest   TEXT
) STRICT;

CREATE TABLE manifests (
    day    TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What is being written just now. A row that outlives its writer is repaired by whoever takes the lock next.
CREATE TABLE pending (
    record_id TEXT PRIMARY KEY,
    url       TEXT NOT NULL,
    at        INTEGER NOT NULL,
    visit     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- When to look at what. `priority`: 0 asked for by hand, 1 fresh, 2 older than 30 days or of unknown age.
CREATE TABLE frontier (
    key           TEXT PRIMARY KEY,
    url           TEXT NOT NULL,
    host          TEXT NOT NULL,
    outlet        TEXT NOT NULL,
    priority      INTEGER NOT NULL,
    next_visit    INTEGER NOT NULL,
    article_id    TEXT,
    published     INTEGER,
    first_seen    INTEGER,
    last_visit    INTEGER,
    last_edit     INTEGER,
    edits         INTEGER NOT NULL DEFAULT 0,
    unchanged     INTEGER NOT NULL DEFAULT 0,
    failures      INTEGER NOT NULL DEFAULT 0,
    misses        INTEGER NOT NULL DEFAULT 0,
    etag          TEXT,
    last_modified TEXT,
    digest        TEXT,
    fingerprint   TEXT,
    reading       TEXT,
    last_error    TEXT,
    gone_first    INTEGER
) STRICT;
CREATE INDEX frontier_turn ON frontier (host, priority, next_visit);
CREATE INDEX frontier_next ON frontier (host, next_visit);
CREATE INDEX frontier_due ON frontier (next_visit);
CREATE INDEX frontier_of_article ON frontier (article_id, key) WHERE article_id IS NOT NULL;
CREATE INDEX frontier_of_outlet ON frontier (outlet, next_visit);
CREATE INDEX frontier_by_age ON frontier (outlet, first_seen);

-- One row a host, so that finding hosts with due work costs by hosts and not by articles. `served` is when one of its
-- rows was last written back: who waited longest comes first, and a host with a long backlog takes its turn like others.
CREATE TABLE hosts (
    host       TEXT PRIMARY KEY,
    next_visit INTEGER,
    served     INTEGER NOT NULL DEFAULT 0,
    blocked    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX hosts_due ON hosts (next_visit);

CREATE TRIGGER frontier_added AFTER INSERT ON frontier BEGIN
    INSERT INTO hosts (host, next_visit) VALUES (NEW.host, NEW.next_visit)
    ON CONFLICT (host) DO UPDATE SET next_visit = min(coalesce(next_visit, NEW.next_visit), NEW.next_visit);
END;
CREATE TRIGGER frontier_moved AFTER UPDATE OF host, next_visit ON frontier BEGIN
    UPDATE hosts SET next_visit = (SELECT min(next_visit) FROM frontier WHERE host = OLD.host) WHERE host = OLD.host;
    INSERT INTO hosts (host, next_visit) VALUES (NEW.host, NEW.next_visit)
    ON CONFLICT (host) DO UPDATE SET next_visit = min(coalesce(next_visit, NEW.next_visit), NEW.next_visit);
END;
CREATE TRIGGER frontier_gone AFTER DELETE ON frontier BEGIN
    UPDATE hosts SET next_visit = (SELECT min(next_visit) FROM frontier WHERE host = OLD.host) WHERE host = OLD.host;
END;

CREATE TABLE sources (
    url           TEXT PRIMARY KEY,
    outlet        TEXT NOT NULL,
    last_checked  INTEGER,
    last_ok       INTEGER,
    last_new      INTEGER,
    last_error    TEXT,
    failures      INTEGER NOT NULL DEFAULT 0,
    items         INTEGER NOT NULL DEFAULT 0,
    etag          TEXT,
    last_modified TEXT,
    added         INTEGER NOT NULL DEFAULT 0,
    note          TEXT
) STRICT, WITHOUT ROWID;
