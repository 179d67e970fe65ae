-- The folder of an ended run is complete: what stays in Redis is that it is there. Not where a delivery was settled since
-- the record was read: what was read is old then, whoever closes the run meanwhile.
heal()
local id = args.id
if not is_known(id) then
  redis.call('ZREM', key('closing'), id)
  return 'gone'
end
local waiting = 0
for _, json in ipairs(redis.call('HVALS', key('mails', id))) do
  if cjson.decode(json).state == 'waiting' then waiting = waiting + 1 end
end
if given(args.waiting) and waiting ~= args.waiting then return 'again' end
redis.call('DEL', key('run', id))
redis.call('PEXPIRE', key('events', id), args.keepEventsMs)
redis.call('PUBLISH', key('changes'), id .. ' closed')
if redis.call('ZSCORE', key('closing'), id) == args.seen then
  redis.call('ZREM', key('closing'), id)
  -- Not at once: somebody may still be about to write the record as it was before the last of them was settled.
  if waiting == 0 then redis.call('PEXPIRE', key('mails', id), args.keepEventsMs) end
end
return 'closed'
