CREATE INDEX tray_by_account ON tray (account_id);
CREATE INDEX drafts_by_account ON drafts (account_id);
