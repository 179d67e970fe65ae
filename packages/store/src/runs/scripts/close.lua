-- The folder of an ended run is complete: what stays in Redis is one short entry. Not where a delivery was settled since
-- the record was read: what was read is old then, whoever closes the run meanwhile.
heal()
local id = args.id
if redis.call('EXISTS', key('run', id), key('past', id)) == 0 then
  redis.call('ZREM', key('closing'), id)
  return 'gone'
end
local waiting = 0
for _, json in ipairs(redis.call('HVALS', key('mails', id))) do
  if cjson.decode(json).state == 'waiting' then waiting = waiting + 1 end
end
if given(args.waiting) and waiting ~= args.waiting then return 'again' end
redis.call('SET', key('past', id), args.past)
redis.call('DEL', key('run', id))
redis.call('PEXPIRE', key('events', id), args.keepEventsMs)
if redis.call('ZSCORE', key('closing'), id) == args.seen then
  redis.call('ZREM', key('closing'), id)
  if waiting == 0 then redis.call('DEL', key('mails', id)) end
end
return 'closed'
