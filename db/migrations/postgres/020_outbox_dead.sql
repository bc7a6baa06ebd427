-- Mails that were given up are counted with every look at the metrics; without this each of them read every mail.
CREATE INDEX outbox_dead ON outbox (id) WHERE status = 'dead';
