-- Deliveries of an ended run are to be told anew. Of one whose folder is complete, all come back from its record first.
local id = args.runId
if not is_known(id) then return 0 end
if redis.call('HLEN', key('mails', id)) == 0 then
  for i, delivery in ipairs(args.deliveries) do
    redis.call('HSET', key('mails', id), i - 1, cjson.encode(delivery))
  end
end
redis.call('PERSIST', key('mails', id))
for _, index in ipairs(args.meant) do
  local delivery = decoded(redis.call('HGET', key('mails', id), index))
  if delivery.to then due_delivery(id, index, delivery.kind or 'mail', delivery.to) end
end
redis.call('ZADD', key('closing'), now, id)
return 1
