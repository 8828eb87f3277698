-- Every statement of the store, by name. Values come in by name and are never pasted into the text.

-- ============================================================================================ taking files in

-- name: add_version
-- One version, or a later reading of it; a repeat changes nothing.
INSERT INTO versions (article_id, version, outlet, path, sha256, sidecar_sha256, size, verdict, captured_at, seq,
                      title, kinds, stealth, flags, revision, marks)
VALUES (:article_id, :version, :outlet, :path, :sha256, :sidecar_sha256, :size, :verdict, :captured_at, :seq,
        :title, :kinds, :stealth, :flags, :revision, :marks)
ON CONFLICT (article_id, version) DO UPDATE SET
    path = excluded.path, sha256 = excluded.sha256, sidecar_sha256 = excluded.sidecar_sha256, size = excluded.size,
    title = excluded.title, kinds = excluded.kinds, stealth = excluded.stealth, flags = excluded.flags,
    revision = excluded.revision, marks = excluded.marks
    WHERE excluded.revision > revision;

-- name: add_reading
-- The files of one reading of a version.
INSERT INTO readings (article_id, version, revision, path, sha256, sidecar_sha256, size, at, reading)
VALUES (:article_id, :version, :revision, :path, :sha256, :sidecar_sha256, :size, :at, :reading)
ON CONFLICT DO NOTHING;

-- name: add_mark
-- A mark of one version of an article.
INSERT INTO marks (mark, article_id) VALUES (:mark, :article_id) ON CONFLICT DO NOTHING;

-- name: add_article
-- The article of a version; a newer version ends a tombstone.
INSERT INTO articles (id, outlet, url, path, title, first_seen, latest, follows)
VALUES (:article_id, :outlet, :url, :folder, :title, :captured_at, :version, :follows)
ON CONFLICT (id) DO UPDATE SET latest = excluded.latest, gone_since = NULL WHERE excluded.latest > latest;

-- name: retitle_article
-- An article is called what its last version is called, as that is read now.
UPDATE articles SET title = (SELECT title FROM versions AS v WHERE v.article_id = :article_id AND v.version = latest)
WHERE id = :article_id AND EXISTS (SELECT 1 FROM versions AS v WHERE v.article_id = :article_id AND v.version = latest);

-- name: number_is_taken
-- A version was made and its files are lost: its number is never given again.
UPDATE articles SET latest = max(latest, :version) WHERE id = :article_id;

-- name: add_alias
-- A form of an article's address, unless its key is another article's.
INSERT INTO aliases (key, url, article_id)
SELECT :key, :url, :article_id
WHERE NOT EXISTS (SELECT 1 FROM aliases WHERE key = :key AND article_id <> :article_id)
ON CONFLICT DO NOTHING;

-- name: add_hint
-- Something that another address of the article may have in common with the one that was seen.
INSERT INTO hints (hint, article_id) VALUES (:hint, :article_id) ON CONFLICT DO NOTHING;

-- name: hand_over
-- A key of the article that stood at an address before, to the one that stands there now.
UPDATE aliases SET article_id = :article_id WHERE key = :key AND article_id = :follows;

-- name: add_capture
-- A record that holds an answer.
INSERT INTO captures (seq, length, record_id, kind, digest, url, status, captured_at, refers_to, verdict, version)
VALUES (:seq, :length, :record_id, :type, :digest, :url, :status, :at, :refers_to, :verdict, :version)
ON CONFLICT DO NOTHING;

-- name: add_visit
-- What one visit found.
INSERT INTO visits (seq, record_id, article_id, key, url, outlet, at, verdict, reason, flags, version, capture_seq)
VALUES (:seq, :record_id, :article_id, :key, :url, :outlet, :at, :verdict, :reason, :flags, :version, :capture_seq)
ON CONFLICT DO NOTHING;

-- name: add_import
-- A record of somebody else's that was brought here. One that was brought twice stays where it was first.
INSERT INTO imports (key, record_id, payload, url, capture_seq)
VALUES (:key, :record_id, :payload, :url, :capture_seq)
ON CONFLICT DO NOTHING;

-- name: add_marker
-- A tombstone or the end of one.
INSERT INTO markers (path, article_id, kind, at, since, after_version, sha256)
VALUES (:path, :article_id, :kind, :at, :since, :after_version, :sha256)
ON CONFLICT DO NOTHING;

-- name: add_widget
-- A decision about a widget; a repeat changes nothing.
INSERT INTO widgets (outlet, number, path, sha256, at, decision, data)
VALUES (:outlet, :number, :path, :sha256, :at, :decision, :data)
ON CONFLICT DO NOTHING;

-- name: mark_article
-- What a marker says about its article, if no version came after it.
UPDATE articles SET gone_since = CASE :kind WHEN 'gone' THEN :since END
WHERE id = :article_id AND latest = :after_version;

-- ============================================================================================ finding

-- name: article_by_key
-- The article a key belongs to.
SELECT a.id, a.outlet, a.url, a.path, a.title, a.first_seen, a.latest, a.gone_since, a.follows
FROM aliases AS k JOIN articles AS a ON a.id = k.article_id
WHERE k.key = :key LIMIT 1;

-- name: article_by_id
-- One article.
SELECT id, outlet, url, path, title, first_seen, latest, gone_since, follows FROM articles WHERE id = :id;

-- name: article_following
-- The article that stands where another one stood.
SELECT id, outlet, url, path, title, first_seen, latest, gone_since, follows FROM articles WHERE follows = :id
LIMIT 1;

-- name: marks_of
-- The marks of each version of an article, with when it was captured and whether it is an edit, oldest first.
SELECT version, captured_at, marks, kinds FROM versions WHERE article_id = :id ORDER BY version;

-- name: marked
-- Articles that have a mark.
SELECT article_id FROM marks WHERE mark = :mark LIMIT :limit;

-- name: widgets_of
-- All decisions about widgets of an outlet, or of all, in order.
SELECT outlet, number, sha256, at, decision, data FROM widgets
WHERE (:outlet IS NULL OR outlet = :outlet) ORDER BY outlet, number;

-- name: last_widget
-- What the next decision follows.
SELECT number, sha256 FROM widgets WHERE outlet = :outlet ORDER BY number DESC LIMIT 1;

-- name: articles_hinted
-- Articles that gave a hint, and whose address is not another's now; what very many share hints at nothing.
SELECT a.id, a.outlet, a.url, a.path, a.title, a.first_seen, a.latest, a.gone_since, a.follows
FROM hints AS h JOIN articles AS a ON a.id = h.article_id
WHERE h.hint = :hint AND NOT EXISTS (SELECT 1 FROM articles AS n WHERE n.follows = a.id)
LIMIT 50;

-- name: articles_after
-- Articles in order, from one id on.
SELECT id, outlet, url, path, title, first_seen, latest, gone_since, follows FROM articles
WHERE id > :after ORDER BY id LIMIT :limit;

-- name: articles_of_outlet_after
-- The same of one outlet, which is found by its index: an outlet of a hundred articles is not looked for among all.
SELECT id, outlet, url, path, title, first_seen, latest, gone_since, follows FROM articles
WHERE id IN (SELECT id FROM articles INDEXED BY articles_of_outlet
             WHERE outlet = :outlet AND id > :after ORDER BY id LIMIT :limit)
ORDER BY id;

-- name: article_at_path
-- Whose folder it is.
SELECT id FROM articles WHERE path = :path;

-- name: versions_of
-- All versions of an article, oldest first.
SELECT version, path, sha256, sidecar_sha256 FROM versions WHERE article_id = :id ORDER BY version;

-- name: readings_of
-- All readings of all versions of an article, oldest first.
SELECT version, path, sha256, sidecar_sha256, revision, at, reading FROM readings WHERE article_id = :id
ORDER BY version, revision;

-- name: last_reading
-- How a version is read now.
SELECT path, sha256, sidecar_sha256, revision FROM versions WHERE article_id = :id AND version = :version;

-- name: recent_versions
-- The newest versions of an outlet.
SELECT version, path, sha256, sidecar_sha256 FROM versions WHERE outlet = :outlet AND captured_at >= :since
ORDER BY captured_at DESC LIMIT :limit;

-- name: version_of
-- One version of an article.
SELECT version, path, sha256, sidecar_sha256 FROM versions WHERE article_id = :id AND version = :version;

-- name: last_version
-- What the next version follows.
SELECT version, sha256, sidecar_sha256, seq, captured_at FROM versions
WHERE article_id = :id ORDER BY version DESC LIMIT 1;

-- name: aliases_of
-- All forms under which an article was seen.
SELECT DISTINCT url FROM aliases WHERE article_id = :id ORDER BY url;

-- name: tombstone_of
-- The last marker of an article.
SELECT path, kind FROM markers WHERE article_id = :id ORDER BY at DESC, path DESC LIMIT 1;

-- name: missed_by
-- The visits since the last one that found the article, which all said it is gone: when, and by which capture.
SELECT v.at, v.reason, c.record_id, c.status, c.seq
FROM visits AS v LEFT JOIN captures AS c ON c.seq = v.capture_seq
WHERE v.article_id = :id AND v.verdict = 'gone'
  AND v.seq > coalesce((SELECT max(seq) FROM visits
                        WHERE article_id = :id AND capture_seq IS NOT NULL
                          AND verdict IN ('new', 'same', 'edited', 'back')), 0)
ORDER BY v.seq LIMIT 20;

-- name: known_payload
-- The newest record that holds this payload for this URL.
SELECT record_id, url, captured_at FROM captures AS c
WHERE url = :url AND digest = :digest AND kind = 'response'
  AND NOT EXISTS (SELECT 1 FROM pruned AS p WHERE p.record_id = c.record_id) ORDER BY seq DESC LIMIT 1;

-- name: known_answer
-- The newest record that holds a whole answer of this URL: what a 304 refers to.
SELECT record_id, url, captured_at FROM captures AS c
WHERE url = :url AND kind = 'response' AND status = 200
  AND NOT EXISTS (SELECT 1 FROM pruned AS p WHERE p.record_id = c.record_id) ORDER BY seq DESC LIMIT 1;

-- name: last_coalesced
-- The capture of the last visit to an article that was seen and not made a version of.
SELECT c.seq, w.file, c.length, c.record_id, c.digest, c.url, c.status, c.captured_at
FROM visits AS v JOIN captures AS c ON c.seq = v.capture_seq JOIN warcs AS w ON w.serial = c.seq >> 40
WHERE v.article_id = :id AND ' ' || v.flags || ' ' LIKE '% coalesced %' AND c.kind = 'response'
ORDER BY v.seq DESC LIMIT 1;

-- name: import_known
-- Whether a record was brought before, or is one of this archive.
SELECT 1 FROM imports WHERE key = :key
UNION ALL SELECT 1 FROM captures WHERE record_id = :record_id AND captured_at = :at LIMIT 1;

-- name: captured_by_id
-- A record of this archive.
SELECT c.seq, w.file, c.length, c.record_id, c.digest, c.url, c.status, c.captured_at
FROM captures AS c JOIN warcs AS w ON w.serial = c.seq >> 40 WHERE c.record_id = :record_id AND c.kind = 'response';

-- name: brought_by_id
-- A record that was brought here, by the id that it had.
SELECT c.seq, w.file, c.length, c.record_id, c.digest, c.url, c.status, c.captured_at
FROM imports AS i JOIN captures AS c ON c.seq = i.capture_seq JOIN warcs AS w ON w.serial = c.seq >> 40
WHERE i.record_id = :record_id AND c.kind = 'response' ORDER BY c.seq LIMIT 1;

-- name: captured_by_payload
-- A record of this archive with this payload, for an address.
SELECT c.seq, w.file, c.length, c.record_id, c.digest, c.url, c.status, c.captured_at
FROM captures AS c JOIN warcs AS w ON w.serial = c.seq >> 40
WHERE c.url = :url AND c.digest = :payload AND c.kind = 'response' ORDER BY c.seq DESC LIMIT 1;

-- name: brought_by_payload
-- A record that was brought here, by its address and the payload digest that it declared.
SELECT c.seq, w.file, c.length, c.record_id, c.digest, c.url, c.status, c.captured_at
FROM imports AS i JOIN captures AS c ON c.seq = i.capture_seq JOIN warcs AS w ON w.serial = c.seq >> 40
WHERE i.url = :url AND i.payload = :payload AND c.kind = 'response' ORDER BY c.seq DESC LIMIT 1;

-- name: capture_place
-- Where a record lies.
SELECT coalesce(m.seq, c.seq), c.length, w.file FROM captures AS c JOIN warcs AS w ON w.serial = c.seq >> 40
LEFT JOIN moved AS m ON m.record_id = c.record_id
WHERE c.record_id = :record_id;

-- name: record_moved
-- Where a record lies since its file was pruned.
SELECT m.seq, w.file FROM moved AS m JOIN warcs AS w ON w.serial = m.seq >> 40 WHERE m.record_id = :record_id;

-- name: record_pruned
-- Since when a record is gone, and why.
SELECT at, why FROM pruned WHERE record_id = :record_id;

-- ============================================================================================ pruning

-- name: closed_files
-- WARC files that nobody appends to any more.
SELECT serial, file FROM warcs WHERE serial < (SELECT max(serial) FROM warcs) AND known > 0 ORDER BY serial;

-- name: captures_to_spare
-- Answers in one file that made no version and tell of no deletion, old enough, and repeated by none that is needed.
SELECT c.record_id FROM captures AS c
WHERE c.seq >= :from AND c.seq < :to AND c.captured_at < :before
  AND c.version IS NULL AND c.verdict NOT IN ('gone', 'back')
  AND NOT EXISTS (SELECT 1 FROM pruned AS p WHERE p.record_id = c.record_id)
  AND NOT EXISTS (SELECT 1 FROM captures AS r WHERE r.refers_to = c.record_id
                  AND (r.version IS NOT NULL OR r.verdict IN ('gone', 'back') OR r.captured_at >= :before))
ORDER BY c.seq;

-- name: repeats_needed
-- What repeats an answer and made a version, or tells of a deletion.
SELECT record_id FROM captures
WHERE refers_to = :record_id AND (version IS NOT NULL OR verdict IN ('gone', 'back'));

-- name: warc_names
-- What each WARC file is called now.
SELECT serial, file FROM warcs;

-- name: visits_in
-- The visits whose records are in one file.
SELECT seq, record_id FROM visits WHERE seq >= :from AND seq < :to;

-- name: visits_aside
-- Out of the way of their own new places.
UPDATE visits SET seq = -seq WHERE seq >= :from AND seq < :to;

-- name: visit_moved
-- The record of a visit lies elsewhere now.
UPDATE visits SET seq = :new WHERE seq = -:old;

-- name: forget_moved
-- Where records of one file were until now.
DELETE FROM moved WHERE seq >= :from AND seq < :to;

-- name: add_moved
-- A record that was kept when its file was pruned.
INSERT INTO moved (record_id, seq) VALUES (:record_id, :seq) ON CONFLICT (record_id) DO UPDATE SET seq = excluded.seq;

-- name: add_pruned
-- A record that was not.
INSERT INTO pruned (record_id, serial, at, why) VALUES (:record_id, :serial, :at, :why) ON CONFLICT DO NOTHING;

-- name: warc_pruned
-- A file that was pruned has another name, and is in no manifest yet.
UPDATE warcs SET file = :file, known = :known, manifest = NULL WHERE serial = :serial;

-- ============================================================================================ writing

-- name: current_warc
-- The file that is appended to.
SELECT serial, file, created_at, known FROM warcs WHERE serial = (SELECT max(serial) FROM warcs);

-- name: warc_at
-- The file with a serial.
SELECT file FROM warcs WHERE serial = :serial;

-- name: reserve_warc
-- A new file is known here before it is made.
INSERT INTO warcs (serial, file, created_at, known) VALUES (:serial, :file, :at, 0) ON CONFLICT DO NOTHING;

-- name: warc_known
-- How far a file's records are in the catalogue.
UPDATE warcs SET known = max(known, :known) WHERE serial = :serial;

-- name: add_pending
-- A visit that is about to be written.
INSERT INTO pending (record_id, url, at, visit) VALUES (:record_id, :url, :at, :visit);

-- name: pending
-- What somebody did not finish.
SELECT record_id, url, at, visit FROM pending ORDER BY record_id;

-- name: settle_pending
-- It is finished, or given up.
DELETE FROM pending WHERE record_id = :record_id;

-- name: link_frontier
-- The frontier's rows of an article that has just been found.
UPDATE frontier SET article_id = :article_id WHERE key = :key AND article_id IS NOT :article_id;

-- ============================================================================================ manifests

-- name: unlisted
-- Files captured before :until that no manifest lists.
SELECT at, path, sha256, sidecar_sha256 FROM readings WHERE manifest IS NULL AND at < :until ORDER BY at, path;

-- name: unlisted_markers
-- The same for tombstones.
SELECT at, path, sha256 FROM markers WHERE manifest IS NULL AND at < :until ORDER BY at, path;

-- name: unlisted_widgets
-- The same for decisions about widgets.
SELECT at, path, sha256 FROM widgets WHERE manifest IS NULL AND at < :until ORDER BY at, path;

-- name: closed_warcs
-- Finished WARC files that no manifest lists, with the moment the next one was begun.
SELECT w.serial, w.file, n.created_at FROM warcs AS w JOIN warcs AS n ON n.serial =
    (SELECT min(serial) FROM warcs WHERE serial > w.serial)
WHERE w.manifest IS NULL AND n.created_at < :until ORDER BY w.serial;

-- name: add_manifest
-- A manifest that was written.
INSERT INTO manifests (day, sha256) VALUES (:day, :sha256) ON CONFLICT DO NOTHING;

-- name: manifest_days
-- Days that have one.
SELECT day, sha256 FROM manifests ORDER BY day;

-- name: list_reading
-- These files are in a manifest.
UPDATE readings SET manifest = :day
WHERE article_id = :article_id AND version = :version AND revision = :revision AND manifest IS NULL;

-- name: list_marker
-- This marker is in a manifest.
UPDATE markers SET manifest = :day WHERE path = :path AND manifest IS NULL;

-- name: list_widget
-- This decision is in a manifest.
UPDATE widgets SET manifest = :day WHERE path = :path AND manifest IS NULL;

-- name: list_warc
-- This WARC file is in a manifest.
UPDATE warcs SET manifest = :day WHERE file = :path AND manifest IS NULL;

-- name: is_unlisted
-- Whether a path is that of a file with this hash which no manifest lists; hashes of WARC files are not known here.
SELECT 1 FROM articles AS a JOIN readings AS r ON r.article_id = a.id
WHERE a.path = :folder AND r.path = :text AND r.manifest IS NULL
    AND :sha256 = CASE WHEN r.path = :path THEN r.sha256 ELSE r.sidecar_sha256 END
UNION ALL SELECT 1 FROM markers WHERE path = :path AND sha256 = :sha256 AND manifest IS NULL
UNION ALL SELECT 1 FROM widgets WHERE path = :path AND sha256 = :sha256 AND manifest IS NULL
UNION ALL SELECT 1 FROM warcs WHERE file = :path AND manifest IS NULL LIMIT 1;

-- name: is_known
-- Whether a file is one of the archive: a sidecar, a marker, a decision about a widget, or a manifest.
SELECT 1 FROM articles AS a JOIN readings AS r ON r.article_id = a.id WHERE a.path = :folder AND r.path = :text
UNION ALL SELECT 1 FROM markers WHERE path = :path
UNION ALL SELECT 1 FROM widgets WHERE path = :path
UNION ALL SELECT 1 FROM manifests WHERE :path = 'manifests/' || day || '.sha256' AND day = :day LIMIT 1;

-- name: reading_at_path
-- The reading whose text is at a path.
SELECT r.article_id, r.version, r.revision FROM articles AS a JOIN readings AS r ON r.article_id = a.id
WHERE a.path = :folder AND r.path = :path;

-- ============================================================================================ frontier

-- name: frontier_add
-- A URL to visit, unless an article is known under its key.
INSERT INTO frontier (key, url, host, outlet, priority, next_visit, published, first_seen)
SELECT :key, :url, :host, :outlet, :priority, :next_visit, :published, :first_seen
WHERE NOT EXISTS (SELECT 1 FROM aliases WHERE key IN (:key, :plain))
ON CONFLICT DO NOTHING;

-- name: frontier_new
-- How many URLs of an outlet were first seen within a time.
SELECT count(*) FROM frontier WHERE outlet = :outlet AND first_seen >= :since AND first_seen < :until;

-- name: due_hosts
-- Hosts with something due, who waited longest first.
SELECT host FROM hosts WHERE next_visit <= :now AND blocked <= :now
ORDER BY max(next_visit, min(served, :now)), host LIMIT :limit;

-- name: take
-- What is due at a host within one class of priority.
SELECT key, url, host, outlet, next_visit, article_id, published, first_seen, last_visit, last_edit, edits, unchanged,
       failures, misses, etag, last_modified, digest, fingerprint, reading, last_error, gone_first
FROM frontier WHERE host = :host AND priority = :priority AND next_visit <= :now
ORDER BY next_visit LIMIT :limit;

-- name: frontier_by_key
-- One row.
SELECT key, url, host, outlet, next_visit, article_id, published, first_seen, last_visit, last_edit, edits, unchanged,
       failures, misses, etag, last_modified, digest, fingerprint, reading, last_error, gone_first
FROM frontier WHERE key = :key;

-- name: frontier_by_article
-- The row of an article.
SELECT key, url, host, outlet, next_visit, article_id, published, first_seen, last_visit, last_edit, edits, unchanged,
       failures, misses, etag, last_modified, digest, fingerprint, reading, last_error, gone_first
FROM frontier WHERE article_id = :article_id ORDER BY key LIMIT 1;

-- name: frontier_done
-- A row after its visit. What the row knew about its article is not forgotten.
INSERT INTO frontier (key, url, host, outlet, priority, next_visit, article_id, published, first_seen, last_visit,
                      last_edit, edits, unchanged, failures, misses, etag, last_modified, digest, fingerprint, reading,
                      last_error, gone_first)
VALUES (:key, :url, :host, :outlet, :priority, :next_visit, :article_id, :published, :first_seen, :last_visit,
        :last_edit, :edits, :unchanged, :failures, :misses, :etag, :last_modified, :digest, :fingerprint, :reading,
        :last_error, :gone_first)
ON CONFLICT (key) DO UPDATE SET
    url = excluded.url, host = excluded.host, outlet = excluded.outlet, priority = excluded.priority,
    next_visit = excluded.next_visit, article_id = coalesce(excluded.article_id, article_id),
    published = excluded.published, first_seen = coalesce(first_seen, excluded.first_seen),
    last_visit = excluded.last_visit, last_edit = excluded.last_edit, edits = excluded.edits,
    unchanged = excluded.unchanged, failures = excluded.failures, misses = excluded.misses, etag = excluded.etag,
    last_modified = excluded.last_modified, digest = excluded.digest, fingerprint = excluded.fingerprint,
    reading = excluded.reading, last_error = excluded.last_error, gone_first = excluded.gone_first;

-- name: frontier_forget_twins
-- Other rows of the same article: one visit looks at all its forms.
DELETE FROM frontier WHERE article_id = :article_id AND key <> :key;

-- name: host_served
-- A host's turn is over.
UPDATE hosts SET served = :at WHERE host = :host;

-- name: host_block
-- Leave a host alone.
INSERT INTO hosts (host, blocked) VALUES (:host, :until) ON CONFLICT (host) DO UPDATE SET blocked = excluded.blocked;

-- name: frontier_ahead
-- Rows that a clock which ran ahead has left: see the next two.
SELECT rowid FROM frontier WHERE next_visit > :now AND (next_visit > :latest OR last_visit > :now + 60000000);

-- name: frontier_thaw
-- A visit that only such a clock can have put so far off.
UPDATE frontier SET next_visit = :now WHERE rowid = :row AND next_visit > :latest;

-- name: frontier_set_back
-- A visit that was made by such a clock: as long from now as it was to be from then.
UPDATE frontier SET next_visit = :now + max(next_visit - last_visit, 0), last_visit = :now
WHERE rowid = :row AND next_visit > :now AND last_visit > :now + 60000000;

-- name: hosts_thaw
-- Hosts that only such a clock can have asked to be left alone for so long.
UPDATE hosts SET blocked = :now WHERE blocked > :latest;

-- name: source
-- What is remembered of a source.
SELECT url, outlet, last_checked, last_ok, last_new, last_error, failures, items, etag, last_modified, added, note
FROM sources WHERE url = :url;

-- name: source_done
-- A source after a look at it.
INSERT INTO sources (url, outlet, last_checked, last_ok, last_new, last_error, failures, items, etag, last_modified, added,
    note)
VALUES (:url, :outlet, :last_checked, :last_ok, :last_new, :last_error, :failures, :items, :etag, :last_modified, :added,
    :note)
ON CONFLICT (url) DO UPDATE SET
    outlet = excluded.outlet, last_checked = excluded.last_checked, last_ok = excluded.last_ok,
    last_new = excluded.last_new, last_error = excluded.last_error, failures = excluded.failures,
    items = excluded.items, etag = excluded.etag, last_modified = excluded.last_modified, added = excluded.added,
    note = excluded.note;

-- ============================================================================================ reports

-- name: report_outlets
-- What is kept of each outlet: articles, when the newest was first seen, versions and the newest, articles that are gone.
SELECT outlet, articles, (SELECT max(first_seen) FROM articles AS a WHERE a.outlet = t.outlet),
       versions, (SELECT max(captured_at) FROM versions AS v WHERE v.outlet = t.outlet), gone
FROM tallies AS t;

-- name: report_trouble
-- The last visit of an outlet that gave no article.
SELECT at, reason, url FROM visits WHERE outlet = :outlet AND verdict IN ('failed', 'partial') ORDER BY at DESC LIMIT 1;

-- name: report_sources
-- All sources.
SELECT url, outlet, last_checked, last_ok, last_new, last_error, failures, items, etag, last_modified, added, note
FROM sources ORDER BY outlet, url;

-- name: report_queue
-- The frontier: all rows, when the next is due.
SELECT count(*), min(next_visit) FROM frontier;

-- name: report_due
-- Rows that are due now.
SELECT count(*) FROM frontier WHERE next_visit <= :now;

-- name: report_queue_of_outlet
-- The frontier by outlet.
SELECT outlet, count(*), sum(next_visit <= :now) FROM frontier GROUP BY outlet;

-- name: report_blocked
-- Hosts that are left alone, and until when.
SELECT host, blocked FROM hosts WHERE blocked > :now ORDER BY blocked;

-- name: report_size
-- Bytes in snapshots and sidecars, and number of versions.
SELECT coalesce(sum(bytes), 0), coalesce(sum(versions), 0) FROM tallies;

-- name: report_warcs
-- Bytes in WARC files, and their number.
SELECT coalesce(sum(known), 0), count(*) FROM warcs;

-- name: report_pending
-- Writes that did not end.
SELECT count(*) FROM pending;

-- name: edits_before
-- Edits behind a place in the list, newest first, each with the path of the version before it. `kinds` and `outlets` are
-- JSON lists, or null for any; `kind` is given where it is a single one, which is quickly seen. They are chosen from a stretch of an index alone: only those that are given are looked at.
WITH chosen AS (
    SELECT article_id, version FROM (
        SELECT captured_at, article_id, version, kinds, stealth, outlet FROM versions INDEXED BY edits_by_time
        WHERE kinds <> '' AND captured_at >= :since AND (captured_at, article_id, version) < (:at, :id, :version)
        ORDER BY captured_at DESC, article_id DESC, version DESC LIMIT :stretch)
    WHERE (:kind IS NULL OR instr(kinds, :kind) AND instr(' ' || kinds || ' ', ' ' || :kind || ' '))
    AND stealth >= :stealth AND (:outlets IS NULL OR outlet IN (SELECT value FROM json_each(:outlets)))
    AND (:kinds IS NULL OR EXISTS
         (SELECT 1 FROM json_each(:kinds) WHERE instr(' ' || kinds || ' ', ' ' || value || ' '))) LIMIT :limit)
SELECT v.captured_at, v.article_id, v.version, v.outlet, a.url, v.title, v.path, v.kinds, v.stealth, v.verdict, v.flags,
       (SELECT path FROM versions AS b WHERE b.article_id = v.article_id AND b.version = v.version - 1)
FROM chosen AS c CROSS JOIN versions AS v ON v.article_id = c.article_id AND v.version = c.version
JOIN articles AS a ON a.id = v.article_id
ORDER BY v.captured_at DESC, v.article_id DESC, v.version DESC;

-- name: edits_of_outlet_before
-- The same of one outlet, whose versions are gone through.
WITH chosen AS (
    SELECT article_id, version FROM (
        SELECT captured_at, article_id, version, kinds, stealth FROM versions INDEXED BY versions_of_outlet
        WHERE outlet = :outlet AND captured_at >= :since
        AND (captured_at, article_id, version) < (:at, :id, :version)
        ORDER BY captured_at DESC, article_id DESC, version DESC LIMIT :stretch)
    WHERE kinds <> '' AND (:kind IS NULL OR instr(kinds, :kind) AND instr(' ' || kinds || ' ', ' ' || :kind || ' '))
    AND stealth >= :stealth
    AND (:kinds IS NULL OR EXISTS
         (SELECT 1 FROM json_each(:kinds) WHERE instr(' ' || kinds || ' ', ' ' || value || ' '))) LIMIT :limit)
SELECT v.captured_at, v.article_id, v.version, v.outlet, a.url, v.title, v.path, v.kinds, v.stealth, v.verdict, v.flags,
       (SELECT path FROM versions AS b WHERE b.article_id = v.article_id AND b.version = v.version - 1)
FROM chosen AS c CROSS JOIN versions AS v ON v.article_id = c.article_id AND v.version = c.version
JOIN articles AS a ON a.id = v.article_id
ORDER BY v.captured_at DESC, v.article_id DESC, v.version DESC;

-- name: news_upto
-- How far a stretch of visits behind a place reaches, and how many they are.
SELECT max(seq), count(*) FROM (SELECT seq FROM visits WHERE seq > :after ORDER BY seq LIMIT :limit);

-- name: news
-- Edits in the order of visits, each once.
SELECT s.seq, v.captured_at, v.article_id, v.version, v.outlet, a.url, v.title, v.path, v.kinds, v.stealth, v.verdict, v.flags,
       (SELECT path FROM versions AS b WHERE b.article_id = v.article_id AND b.version = v.version - 1)
FROM visits AS s JOIN versions AS v ON v.article_id = s.article_id AND v.version = s.version
JOIN articles AS a ON a.id = v.article_id
WHERE s.seq > :after AND s.seq <= :upto AND s.verdict IN ('edited', 'back') AND v.kinds <> '' ORDER BY s.seq;

-- name: news_gone
-- Tombstones in the order of the visits that made them.
SELECT s.seq, m.at, a.id, m.after_version, a.outlet, a.url, a.title, m.path, '', 0, 'gone', '', NULL
FROM visits AS s JOIN markers AS m ON m.article_id = s.article_id AND m.at = s.at AND m.kind = 'gone'
JOIN articles AS a ON a.id = m.article_id
WHERE s.seq > :after AND s.seq <= :upto AND s.verdict = 'gone' ORDER BY s.seq;

-- name: news_now
-- The place of the last visit.
SELECT max(seq) FROM visits;

-- name: edits_stretch
-- The last of the edits that are looked at for one stretch of the list, none if that reaches the end.
SELECT captured_at, article_id, version FROM versions INDEXED BY edits_by_time
WHERE kinds <> '' AND captured_at >= :since AND (captured_at, article_id, version) < (:at, :id, :version)
ORDER BY captured_at DESC, article_id DESC, version DESC LIMIT 1 OFFSET :stretch - 1;

-- name: edits_of_outlet_stretch
-- The same of one outlet.
SELECT captured_at, article_id, version FROM versions INDEXED BY versions_of_outlet
WHERE outlet = :outlet AND captured_at >= :since AND (captured_at, article_id, version) < (:at, :id, :version)
ORDER BY captured_at DESC, article_id DESC, version DESC LIMIT 1 OFFSET :stretch - 1;

-- name: articles_before
-- Articles of an outlet, the newest first.
SELECT id, outlet, url, path, title, first_seen, latest, gone_since, follows FROM articles
WHERE outlet = :outlet AND first_seen < :before ORDER BY first_seen DESC, id DESC LIMIT :limit;

-- name: articles_gone
-- Articles that are gone now, the last to go first.
SELECT id, outlet, url, path, title, first_seen, latest, gone_since, follows FROM articles
WHERE gone_since IS NOT NULL AND (:outlet IS NULL OR outlet = :outlet) ORDER BY gone_since DESC LIMIT :limit;

-- name: newest_seen
-- When each of the newest articles of an outlet was first seen; from an index alone, and so are their edits.
SELECT id, first_seen FROM articles WHERE outlet = :outlet ORDER BY first_seen DESC LIMIT :limit;

-- name: edited_since
-- When articles of an outlet were edited from a moment on.
SELECT article_id, captured_at FROM versions INDEXED BY versions_of_outlet
WHERE outlet = :outlet AND captured_at >= :since AND kinds <> '';

-- name: editions
-- All versions of an article as the catalogue has them, oldest first.
SELECT version, path, sha256, verdict, captured_at, title, kinds, stealth, flags, revision FROM versions
WHERE article_id = :id ORDER BY version;

-- name: visits_of_article
-- All visits to an article, oldest first.
SELECT at, url, verdict, reason, flags, version, record_id, capture_seq FROM visits WHERE article_id = :id ORDER BY seq;

-- name: last_visits
-- The last visits to an article, newest first.
SELECT at, url, verdict, reason, flags, version, record_id, capture_seq FROM visits
WHERE article_id = :id ORDER BY seq DESC LIMIT :limit;

-- name: endings
-- The last visits to an article that found it gone or back, newest first; of one that has no tombstone none is looked at.
SELECT at, url, verdict, reason, flags, version, record_id, capture_seq FROM visits
WHERE article_id = :id AND (SELECT path FROM markers WHERE article_id = :id LIMIT 1) IS NOT NULL
  AND verdict IN ('gone', 'back') ORDER BY seq DESC LIMIT :limit;

-- name: visits_spread
-- When an article was visited, as one time for each part of the whole span, and how many visits each stands for.
WITH span AS MATERIALIZED
    (SELECT min(at) AS first, max(max(at) - min(at), 1) AS long FROM visits WHERE article_id = :id)
SELECT min(at), count(*) FROM span, visits WHERE article_id = :id GROUP BY (at - first) * :parts / (long + 1) ORDER BY 1;

-- name: looks_after
-- The visits to an article behind a place in the order of all, with the answers they got.
SELECT v.seq, v.at, v.verdict, v.reason, v.flags, c.digest, c.status
FROM visits AS v LEFT JOIN captures AS c ON c.seq = v.capture_seq
WHERE v.article_id = :id AND v.seq > :after ORDER BY v.seq;

-- name: visits_of_key
-- Visits to what never became an article.
SELECT at, url, verdict, reason, flags, version, record_id, capture_seq FROM visits
WHERE key = :key AND article_id IS NULL ORDER BY seq;

-- name: failed_with
-- Whether a visit to an article, or under a key before there was one, failed for a reason with these words in it.
SELECT 1 FROM visits WHERE article_id = :id AND verdict = 'failed' AND instr(reason, :words) > 0
UNION ALL
SELECT 1 FROM visits WHERE key = :key AND article_id IS NULL AND verdict = 'failed' AND instr(reason, :words) > 0
LIMIT 1;

-- ============================================================================================ export

-- name: export_rows
-- The versions that are wanted, in the order of their captures. `which`: the latest or the first of those captured in
-- that time, else all. An index gives the order: nothing is sorted, so that very many cost no memory.
SELECT v.article_id, v.version, v.outlet, a.url, v.path, v.sha256, v.sidecar_sha256, v.verdict, v.captured_at, v.seq,
       v.title, v.kinds, v.stealth, v.flags, v.revision
FROM versions AS v CROSS JOIN articles AS a ON a.id = v.article_id
WHERE v.captured_at >= :since AND v.captured_at < :until
  AND (:outlets IS NULL OR v.outlet IN (SELECT value FROM json_each(:outlets)))
  AND (:number IS NULL OR v.version = :number)
  AND (:kind IS NULL OR ' ' || v.kinds || ' ' LIKE '% ' || :kind || ' %')
  AND (:stealth = 0 OR v.stealth = 1)
  AND (:which IS NOT 'latest' OR NOT EXISTS
       (SELECT 1 FROM versions AS n WHERE n.article_id = v.article_id AND n.version > v.version
        AND n.captured_at >= :since AND n.captured_at < :until))
  AND (:which IS NOT 'first' OR NOT EXISTS
       (SELECT 1 FROM versions AS n WHERE n.article_id = v.article_id AND n.version < v.version
        AND n.captured_at >= :since AND n.captured_at < :until))
ORDER BY v.captured_at, v.article_id, v.version;

-- name: outlet_is_known
-- Whether anything of an outlet is here.
SELECT EXISTS (SELECT 1 FROM articles WHERE outlet = :outlet);

-- name: last_moment
-- When the last visit was made that the archive knows of.
SELECT at FROM visits ORDER BY seq DESC LIMIT 1;

-- name: seq_now
-- Where the record lies now that was written at a place.
SELECT m.seq FROM captures AS c JOIN moved AS m ON m.record_id = c.record_id WHERE c.seq = :seq;

-- name: visits_of_version
-- The records of the visits that made a version, or read it anew.
SELECT seq, record_id FROM visits WHERE article_id = :id AND version = :version ORDER BY seq;

-- ============================================================================================ search

-- name: count_versions
-- How many versions there are.
SELECT coalesce(sum(versions), 0) FROM tallies;

-- name: last_visit
-- The place of the last visit.
SELECT coalesce(max(seq), 0) FROM visits;

-- name: made_after
-- Visits that made or read anew a version, after one in the order of visits.
SELECT seq, article_id FROM visits WHERE seq > :seq AND version IS NOT NULL ORDER BY seq LIMIT :limit;

-- name: count_made_after
-- How many they are.
SELECT count(*) FROM visits WHERE seq > :seq AND version IS NOT NULL;

-- name: ids_after
-- Articles in the order of their ids.
SELECT id FROM articles WHERE id > :after ORDER BY id LIMIT :limit;

-- ============================================================================================ verify and reindex

-- name: articles_by_path
-- Where every article lies, by and by.
SELECT path FROM articles WHERE path > :after ORDER BY path LIMIT :limit;

-- name: all_markers_of
-- The markers of an article.
SELECT path, sha256 FROM markers WHERE article_id = :id ORDER BY path;

-- name: all_widgets
-- Every decision about a widget.
SELECT path, sha256 FROM widgets ORDER BY path;

-- name: all_warcs
-- Every WARC file.
SELECT serial, file, known FROM warcs ORDER BY serial;

-- name: captures_of_warc
-- Records of one file that the catalogue knows, by where they were first written and where they lie now.
SELECT c.seq, coalesce(m.seq, c.seq), c.length, c.record_id, c.digest, c.url, c.captured_at FROM captures AS c
LEFT JOIN moved AS m ON m.record_id = c.record_id
WHERE c.seq > :after AND c.seq <= :upto AND NOT EXISTS (SELECT 1 FROM pruned AS p WHERE p.record_id = c.record_id)
ORDER BY c.seq LIMIT :limit;

-- name: last_capture
-- Where the last record of one file was first written that the catalogue knows.
SELECT max(seq) FROM captures WHERE seq >= :from AND seq < :to;

-- name: first_visit
-- What the first visit of all is called.
SELECT record_id FROM visits ORDER BY seq LIMIT 1;

-- name: stored_after
-- Visits that stored something in an article's folder, behind a place in the order of visits.
SELECT seq, article_id FROM visits
WHERE seq > :seq AND article_id IS NOT NULL AND (version IS NOT NULL OR verdict IN ('gone', 'back'))
ORDER BY seq LIMIT :limit;

-- name: visits_without_version
-- Visits that say they made a version which is not there.
SELECT v.url, v.article_id, v.version FROM visits AS v
WHERE v.version IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM versions AS n WHERE n.article_id = v.article_id AND n.version = v.version)
ORDER BY v.seq;

-- name: versions_unlike_readings
-- Versions that are not as their last reading lies on disk.
SELECT v.path FROM versions AS v
LEFT JOIN readings AS r ON r.article_id = v.article_id AND r.version = v.version AND r.revision = v.revision
WHERE (v.path, v.sha256, v.sidecar_sha256) IS NOT (r.path, r.sha256, r.sidecar_sha256)
   OR v.revision < (SELECT max(revision) FROM readings AS n WHERE n.article_id = v.article_id AND n.version = v.version)
ORDER BY v.path;

-- name: seed_frontier
-- Rows for all articles that have none: due when they were last captured, validators as then.
INSERT INTO frontier (key, url, host, outlet, priority, next_visit, article_id, first_seen, last_visit)
SELECT :key, :url, :host, :outlet, 2, :at, :article_id, :first_seen, :at
WHERE NOT EXISTS (SELECT 1 FROM frontier WHERE article_id = :article_id)
ON CONFLICT DO NOTHING;

-- name: articles_to_seed
-- All articles with the time of their last version and one of their keys; none whose address is another's now.
SELECT a.id, a.url, a.outlet, a.first_seen, v.captured_at,
       (SELECT min(key) FROM aliases WHERE article_id = a.id AND url = a.url),
       (SELECT min(key) FROM aliases WHERE article_id = a.id)
FROM articles AS a JOIN versions AS v ON v.article_id = a.id AND v.version = a.latest
WHERE NOT EXISTS (SELECT 1 FROM articles AS n WHERE n.follows = a.id) ORDER BY a.id;
