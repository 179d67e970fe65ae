-- Takes a mail that is due, for a while.
local id, index = args.runId, args.index
local due = redis.call('ZSCORE', key('outbox'), mail_token(id, index))
if not due or tonumber(due) > now then return {} end
local json = redis.call('HGET', key('mails', id), index)
if not json then return {} end
local mail = cjson.decode(json)
mail.tries = mail.tries + 1
redis.call('HSET', key('mails', id), index, cjson.encode(mail))
redis.call('ZADD', key('outbox'), now + args.leaseMs, mail_token(id, index))
return { mail.to, mail.tries }
