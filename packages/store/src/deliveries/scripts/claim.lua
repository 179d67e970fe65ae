-- Takes a delivery that is due, for a while. What 0.1.0 left has no kind: all were mails.
local id, index = args.runId, args.index
local due = redis.call('ZSCORE', key('outbox'), delivery_token(id, index))
if not due or tonumber(due) > now then return {} end
local json = redis.call('HGET', key('mails', id), index)
if not json then return {} end
local delivery = cjson.decode(json)
delivery.tries = delivery.tries + 1
redis.call('HSET', key('mails', id), index, cjson.encode(delivery))
redis.call('ZADD', key('outbox'), now + args.leaseMs, delivery_token(id, index))
return { delivery.kind or 'mail', delivery.to, delivery.tries }
