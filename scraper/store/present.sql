-- What was done last and what comes next: bounded, whatever the archive holds.

-- name: visited
-- The last visits that were kept, by outlet and verdict, as far as they were lately.
SELECT outlet, verdict, count(*), max(at) FROM (SELECT outlet, verdict, at FROM visits ORDER BY seq DESC LIMIT :most)
WHERE at >= :since GROUP BY outlet, verdict;

-- name: coming
-- The next visits that are not due yet, at hosts that are not left alone until then.
SELECT f.next_visit, f.outlet, f.url, f.article_id, a.title
FROM frontier AS f INDEXED BY frontier_due
LEFT JOIN articles AS a ON a.id = f.article_id
LEFT JOIN hosts AS h ON h.host = f.host
WHERE f.next_visit > :now AND coalesce(h.blocked, 0) <= f.next_visit
ORDER BY f.next_visit LIMIT :limit;

-- name: went
-- Articles that the last visits found gone and that are so still, the last to go first.
SELECT id, outlet, url, path, title, first_seen, latest, gone_since, follows FROM articles
WHERE gone_since IS NOT NULL AND id IN (
    SELECT article_id FROM (SELECT article_id, verdict FROM visits ORDER BY seq DESC LIMIT :most) WHERE verdict = 'gone'
)
ORDER BY gone_since DESC, id LIMIT :limit;
