-- What was read of an outlet, and what could not be, in order of time: from behind a moment, and bounded.

-- name: first_versions
SELECT captured_at, article_id FROM versions
WHERE outlet = :outlet AND captured_at > :after AND captured_at <= :until AND version = 0
ORDER BY captured_at LIMIT :most;

-- name: unread
SELECT at, key FROM visits INDEXED BY visits_failed
WHERE outlet = :outlet AND at > :after AND at <= :until AND verdict IN ('failed', 'partial')
  AND substr(reason, 1, instr(reason || ':', ':') - 1) IN (SELECT value FROM json_each(:words))
ORDER BY at LIMIT :most;
