-- Statements about search.sqlite. Of the catalogue's there are others, in the folder above.

-- name: state
-- Where following has come to.
SELECT value FROM state WHERE name = :name;

-- name: set_state
-- Note it.
INSERT INTO state (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: counts
-- Versions that were taken in, and those of them that could not be read; `state` has them from the last transaction on.
SELECT coalesce(sum(versions), 0), coalesce(sum(unread), 0) FROM articles;

-- name: article
-- One article as it was taken in.
SELECT no, language, day, unread, digest FROM articles WHERE id = :id;

-- name: ids_between
-- Articles with ids after one, up to another.
SELECT id FROM articles WHERE id > :after AND id <= :upto ORDER BY id;

-- name: add_article
-- An article, or what is now known of it.
INSERT INTO articles (id, outlet, language, day, versions, unread, latest, sheets, digest)
VALUES (:id, :outlet, :language, :day, :versions, :unread, :latest, :sheets, :digest)
ON CONFLICT (id) DO UPDATE SET
    outlet = excluded.outlet, language = excluded.language, day = excluded.day, versions = excluded.versions,
    unread = excluded.unread, latest = excluded.latest, sheets = excluded.sheets, digest = excluded.digest
RETURNING no;

-- name: remove_article
-- An article that is no more in the catalogue.
DELETE FROM articles WHERE no = :no;

-- name: sheets
-- The sheets of an article, in order.
SELECT no, place, digest FROM sheets WHERE article = :article ORDER BY place;

-- name: add_sheet
-- A sheet, or what it holds now.
INSERT INTO sheets (article, place, numbers, pieces, changed, digest)
VALUES (:article, :place, :numbers, :pieces, :changed, :digest)
ON CONFLICT (article, place) DO UPDATE SET
    numbers = excluded.numbers, pieces = excluded.pieces, changed = excluded.changed, digest = excluded.digest
RETURNING no;

-- name: remove_sheet
-- A sheet whose versions are no more there.
DELETE FROM sheets WHERE no = :no;

-- name: remove_words
-- The words of a sheet.
DELETE FROM words WHERE rowid = :no;

-- name: add_words
-- The words of a sheet.
INSERT INTO words (rowid, title, subtitle, author, caption, body) VALUES (?, ?, ?, ?, ?, ?);

-- name: remove_gone
-- The words of a sheet that its last version lacks.
DELETE FROM gone WHERE rowid = :no;

-- name: add_gone
-- The words of a sheet that its last version lacks.
INSERT INTO gone (rowid, title, subtitle, author, caption, body) VALUES (?, ?, ?, ?, ?, ?);

-- name: add_form
-- A word, under its stem.
INSERT OR IGNORE INTO forms (language, stem, word) VALUES (:language, :stem, :word);

-- name: languages
-- The languages of the archive: one step in the index for each.
WITH RECURSIVE known (code) AS (
    SELECT min(language) FROM forms
    UNION ALL
    SELECT (SELECT min(language) FROM forms WHERE language > code) FROM known WHERE code IS NOT NULL
)
SELECT code FROM known WHERE code IS NOT NULL;

-- name: forms
-- Words with a stem.
SELECT word FROM forms WHERE language = :language AND stem = :stem ORDER BY length(word), word LIMIT :limit;

-- name: found
-- Sheets with the words, the most telling first, and the versions in which they stand (`standing`, match.py): all of
-- them, which is -1, if a `plain` query meets a sheet that never changed.
SELECT a.no, a.id, a.outlet, a.language, a.day, a.latest, a.sheets, s.no, s.numbers,
       CASE WHEN :plain AND NOT s.changed THEN -1 ELSE standing(words, s.pieces) END
FROM words JOIN sheets AS s ON s.no = words.rowid JOIN articles AS a ON a.no = s.article
WHERE words MATCH :match
  AND (:outlets IS NULL OR instr(:outlets, ' ' || a.outlet || ' '))
  AND (:languages IS NULL OR instr(:languages, ' ' || a.language || ' '))
  AND a.day >= :after AND a.day < :before
  AND (NOT :changed OR s.changed OR a.sheets > 1)
  AND (:gone IS NULL OR a.sheets > 1 OR words.rowid IN (SELECT rowid FROM gone WHERE gone MATCH :gone))
ORDER BY rank LIMIT -1 OFFSET :offset;

-- name: found_unsorted
-- The same in any order, to be counted.
SELECT a.no, a.id, a.outlet, a.language, a.day, a.latest, a.sheets, s.no, s.numbers,
       CASE WHEN :plain AND NOT s.changed THEN -1 ELSE standing(words, s.pieces) END
FROM words JOIN sheets AS s ON s.no = words.rowid JOIN articles AS a ON a.no = s.article
WHERE words MATCH :match
  AND (:outlets IS NULL OR instr(:outlets, ' ' || a.outlet || ' '))
  AND (:languages IS NULL OR instr(:languages, ' ' || a.language || ' '))
  AND a.day >= :after AND a.day < :before
  AND (NOT :changed OR s.changed OR a.sheets > 1)
  AND (:gone IS NULL OR a.sheets > 1 OR words.rowid IN (SELECT rowid FROM gone WHERE gone MATCH :gone));

-- name: found_anywhere
-- The articles that have the words in any version, to be counted; one of several sheets may be there several times.
SELECT a.no, a.outlet, a.language, a.day
FROM words JOIN sheets AS s ON s.no = words.rowid JOIN articles AS a ON a.no = s.article
WHERE words MATCH :match
  AND (:outlets IS NULL OR instr(:outlets, ' ' || a.outlet || ' '))
  AND (:languages IS NULL OR instr(:languages, ' ' || a.language || ' '))
  AND a.day >= :after AND a.day < :before
LIMIT :most;

-- name: all_numbers
-- The versions of all sheets of an article.
SELECT no, numbers FROM sheets WHERE article = :article ORDER BY place;

-- name: found_in_sheet
-- In which versions of one sheet the words stand.
SELECT standing(words, s.pieces) FROM words JOIN sheets AS s ON s.no = words.rowid
WHERE words MATCH :match AND words.rowid = :no;
