-- Takes a mail that is due, for a while.
-- args: runId, index, leaseMs
-- returns {to, try} | {} when it is not due, sent, or taken by another
local id, index = args.runId, args.index
local due = redis.call('ZSCORE', key('outbox'), id .. '/' .. index)
if not due or tonumber(due) > now then return {} end
local json = redis.call('HGET', key('mails', id), index)
if not json then return {} end
local mail = cjson.decode(json)
mail.tries = mail.tries + 1
redis.call('HSET', key('mails', id), index, cjson.encode(mail))
redis.call('ZADD', key('outbox'), now + args.leaseMs, id .. '/' .. index)
return { mail.to, mail.tries }
