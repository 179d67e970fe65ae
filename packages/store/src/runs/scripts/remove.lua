-- Deletes all that Redis holds of an ended run.
heal()
local id = args.id
local run = fields(key('run', id), 'state', 'project')
if not run.state then run = decoded(redis.call('GET', key('past', id))) end
local state = run.state
if not state then return { 0 } end
if not has_ended[state] then return { -1, state } end

local project = key('project', redis.sha1hex(run.project))
redis.call('ZREM', key('runs'), id)
redis.call('ZREM', key('state', state), id)
redis.call('ZREM', project, id)
if redis.call('EXISTS', project) == 0 then redis.call('HDEL', key('durations'), run.project) end
for _, index in ipairs(redis.call('HKEYS', key('mails', id))) do
  redis.call('ZREM', key('outbox'), delivery_token(id, index))
  redis.call('ZREM', key('tellings'), delivery_token(id, index))
end
redis.call('ZREM', key('closing'), id)
redis.call('SREM', key('pinned'), id)
redis.call('HDEL', key('notes'), id)
redis.call('DEL', key('run', id), key('past', id), key('events', id), key('mails', id))
redis.call('PUBLISH', key('changes'), id .. ' deleted')
return { 1 }
