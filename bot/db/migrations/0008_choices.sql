-- What a member chose about a picture is one JSON object, so that a further parameter is no further column.

ALTER TABLE drafts ADD COLUMN choices TEXT NOT NULL DEFAULT '{}';
UPDATE drafts SET choices =
    '{"model_id": ' || COALESCE('"' || model_id || '"', 'null')
    || ', "parameters": {' || COALESCE('"aspect_ratio": "' || aspect_ratio || '"', '')
    || CASE WHEN aspect_ratio IS NULL OR guidance_scale IS NULL THEN '' ELSE ', ' END
    || COALESCE('"guidance_scale": ' || CAST(guidance_scale AS TEXT), '')
    || '}, "seed": ' || COALESCE(CAST(seed AS TEXT), 'null')
    || ', "count": ' || CAST(count AS TEXT) || '}';
ALTER TABLE drafts DROP COLUMN model_id;
ALTER TABLE drafts DROP COLUMN aspect_ratio;
ALTER TABLE drafts DROP COLUMN guidance_scale;
ALTER TABLE drafts DROP COLUMN seed;
ALTER TABLE drafts DROP COLUMN count;
