-- Takes a delivery that is due, for a while. What 0.1.0 left has no kind: all were mails.
local id, index = args.runId, args.index
local json = redis.call('HGET', key('mails', id), index)
if not json then return {} end
local delivery = cjson.decode(json)
local kind = delivery.kind or 'mail'
local due = redis.call('ZSCORE', outbox_of(kind), delivery_token(id, index))
if not due or tonumber(due) > now then return {} end
delivery.tries = delivery.tries + 1
delivery.busy = now + args.leaseMs
redis.call('HSET', key('mails', id), index, cjson.encode(delivery))
redis.call('ZADD', outbox_of(kind), delivery.busy, delivery_token(id, index))
return { kind, delivery.to, delivery.tries, delivery.turn or 0 }
