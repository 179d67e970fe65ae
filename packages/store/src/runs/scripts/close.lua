-- The folder of an ended run is complete: what stays in Redis is one short entry.
heal()
local id = args.id
if redis.call('EXISTS', key('run', id), key('past', id)) == 0 then
  redis.call('ZREM', key('closing'), id)
  return 0
end
redis.call('SET', key('past', id), args.past)
redis.call('DEL', key('run', id))
redis.call('PEXPIRE', key('events', id), args.keepEventsMs)
local waiting = false
for _, json in ipairs(redis.call('HVALS', key('mails', id))) do
  if cjson.decode(json).state == 'waiting' then waiting = true end
end
if redis.call('ZSCORE', key('closing'), id) == args.seen then
  redis.call('ZREM', key('closing'), id)
  if not waiting then redis.call('DEL', key('mails', id)) end
end
return 1
