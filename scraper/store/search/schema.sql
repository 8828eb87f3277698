-- What search knows. Everything here is made from the catalogue and the sidecars, and made again if it is lost: nothing
-- in it is evidence of anything.

-- Where following the catalogue has come to, by name.
CREATE TABLE state (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- `day` (proleptic ordinal, 1 is 0001-01-01) is that of publication. `versions` counts those taken in, `unread` those of
-- them that could not be read, `latest` is the number of the last. `digest` says which versions and readings they were.
CREATE TABLE articles (
    no       INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    outlet   TEXT NOT NULL,
    language TEXT NOT NULL,
    day      INTEGER NOT NULL,
    versions INTEGER NOT NULL,
    unread   INTEGER NOT NULL,
    latest   INTEGER NOT NULL,
    sheets   INTEGER NOT NULL,
    digest   BLOB NOT NULL
) STRICT;
CREATE INDEX articles_unread ON articles (no) WHERE unread > 0;

-- The texts of a few versions of an article, each block once. `pieces` says how many words each block has, and in which
-- of `numbers` it stands (sheets.py). `changed`: there is a block that does not stand in all of them.
CREATE TABLE sheets (
    no      INTEGER PRIMARY KEY,
    article INTEGER NOT NULL,
    place   INTEGER NOT NULL,
    numbers BLOB NOT NULL,
    pieces  BLOB NOT NULL,
    changed INTEGER NOT NULL,
    digest  BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX sheets_of_article ON sheets (article, place);

-- Words by their stem, as they occur in articles of a language.
CREATE TABLE forms (
    language TEXT NOT NULL,
    stem     TEXT NOT NULL,
    word     TEXT NOT NULL,
    PRIMARY KEY (language, stem, word)
) STRICT, WITHOUT ROWID;

-- The words of each sheet, by its number. They come folded and apart by blanks, so that the plainest tokenizer will do.
CREATE VIRTUAL TABLE words USING fts5(
    title, subtitle, author, caption, body,
    content = '', contentless_delete = 1, tokenize = 'ascii'
);
INSERT INTO words (words, rank) VALUES ('rank', 'bm25(8.0, 4.0, 4.0, 2.0, 1.0)');

-- Of each sheet, the words of a column that stand in some version and not in the last one, by its number: where words
-- that were taken out are asked for, all other sheets need not be looked at.
CREATE VIRTUAL TABLE gone USING fts5(
    title, subtitle, author, caption, body,
    content = '', contentless_delete = 1, tokenize = 'ascii', detail = 'column'
);
