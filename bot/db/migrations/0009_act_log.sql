-- Up to which act a server's log channel has been told.
ALTER TABLE servers ADD COLUMN logged_audit_id INTEGER;
