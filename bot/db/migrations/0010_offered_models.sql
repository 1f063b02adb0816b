-- The models that a server's moderators offer, as a JSON list of ids; NULL: those that every server has at first.

ALTER TABLE servers ADD COLUMN models TEXT;
