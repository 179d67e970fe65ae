-- What became of a try of a delivery.
heal()
local id, index = args.runId, args.index
local json = redis.call('HGET', key('mails', id), index)
if not json then return 0 end
local delivery = cjson.decode(json)
local outbox = outbox_of(delivery.kind or 'mail')
delivery.busy = nil
if (delivery.turn or 0) ~= args.turn then
  -- There is news since then: it is told now.
  redis.call('HSET', key('mails', id), index, cjson.encode(delivery))
  redis.call('ZADD', outbox, now, delivery_token(id, index))
  return 1
end
if delivery.state ~= 'waiting' then return 1 end
delivery.state = args.state
delivery.detail = args.detail
if given(args.page) then delivery.page = args.page end
if delivery.state == 'waiting' and now - delivery.since > args.giveUpMs then delivery.state = 'refused' end
redis.call('HSET', key('mails', id), index, cjson.encode(delivery))
if delivery.state == 'waiting' then
  redis.call('ZADD', outbox, now + args.delayMs, delivery_token(id, index))
else
  redis.call('ZREM', outbox, delivery_token(id, index))
  local state = field(key('run', id), 'state')
  if not state or has_ended[state] then redis.call('ZADD', key('closing'), now, id) end
end
return 1
