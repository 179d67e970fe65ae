-- Deletes all that Redis holds of an ended run.
-- args: id
-- returns {1} | {0} for an unknown run | {-1, state} for one that has not ended
heal()
local id = args.id
local run = run_get(id, 'state', 'project')
if not run[1] then
  local past = redis.call('GET', key('past', id))
  if not past then return { 0 } end
  local record = cjson.decode(past)
  run = { record.state, record.project }
end
if run[1] ~= 'finished' and run[1] ~= 'cancelled' and run[1] ~= 'error' then return { -1, run[1] } end

local project = key('project', redis.sha1hex(run[2]))
redis.call('ZREM', key('runs'), id)
redis.call('ZREM', key('state', run[1]), id)
redis.call('ZREM', project, id)
if redis.call('EXISTS', project) == 0 then
  redis.call('ZREM', key('projects'), run[2])
  redis.call('HDEL', key('durations'), run[2])
end
for _, mail in ipairs(redis.call('HKEYS', key('mails', id))) do redis.call('ZREM', key('outbox'), id .. '/' .. mail) end
redis.call('ZREM', key('closing'), id)
redis.call('SREM', key('pinned'), id)
redis.call('DEL', key('run', id), key('past', id), key('events', id), key('mails', id))
redis.call('PUBLISH', key('changes'), id .. ' deleted')
return { 1 }
